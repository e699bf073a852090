# Thin over meson: `make` leaves build/kechuang.
#   make run      install what is missing, build, make the demo city, serve it on 127.0.0.1:8420
#   make check    the everyday tests        make test   every test
#   make bench    figures beside peers      make fuzz   the fuzz targets for a while
#   make lint     include table, clang-tidy, both compilers
.PHONY: all build build-test deps run test check bench fuzz lint screenshots dist clean
NINJA := ninja
PORT ?= 8420

all: build

build: build/deps/sqlite/version
	@[ -f build/build.ninja ] || meson setup build >/dev/null
	@$(NINJA) -C build --quiet

build-test: build/deps/sqlite/version
	@[ -f build-test/build.ninja ] || meson setup build-test -Dtests=true -Db_sanitize=address,undefined -Dbuildtype=debugoptimized >/dev/null
	@$(NINJA) -C build-test --quiet

build/deps/sqlite/version: tools/fetch-sqlite
	@tools/fetch-sqlite build/deps/sqlite && touch $@

test:
	@tools/install-deps test
	@$(MAKE) --no-print-directory build build-test
	@tests/run build-test

check:
	@$(MAKE) --no-print-directory build-test
	@tests/run build-test --quick

clean:
	rm -rf build build-test build-clang build-fuzz
