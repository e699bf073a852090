# Thin over meson: `make` leaves build/kechuang.
#   make run      install what is missing, build, make the demo city, serve it on 127.0.0.1:8420
#   make check    the everyday tests        make test   every test
#   make bench    figures beside peers      make fuzz   the fuzz targets for a while
#   make lint     include table, clang-tidy, both compilers
.PHONY: web all build build-kechuang build-test build-clang deps run test check bench fuzz lint screenshots dist clean
NINJA := ninja
PORT ?= 8420

all: web build

# A room that is new is found when its meson.build appears.
MESON := meson.build meson_options.txt $(wildcard src/*/meson.build tests/*/meson.build fuzz/meson.build fuzz/fuzz_*.c)
setup = $(if $(wildcard $(1)/build.ninja),meson setup --reconfigure,meson setup) $(1) $(2) >$(1)/setup.log 2>&1 || { cat $(1)/setup.log; exit 1; }

build/build.ninja: $(MESON)
	@mkdir -p build && $(call setup,build,) && touch $@

build-test/build.ninja: $(MESON)
	@mkdir -p build-test && $(call setup,build-test,-Dtests=true -Db_sanitize=address$(comma)undefined -Dbuildtype=debugoptimized) && touch $@
comma := ,

build:
	@tools/install-deps run
	@$(MAKE) --no-print-directory build-kechuang

build-kechuang: build/deps/sqlite/version build/build.ninja
	@$(NINJA) -C build --quiet

build-test: build/deps/sqlite/version build-test/build.ninja
	@$(NINJA) -C build-test --quiet

build/deps/sqlite/version: tools/fetch-sqlite
	@tools/fetch-sqlite build/deps/sqlite && touch $@

# The web face: made by npm from the committed lock, embedded by the build.
WEB_SOURCES := web/package.json web/package-lock.json web/index.html web/vite.config.ts web/tsconfig.json api/openapi.yaml $(shell find web/src web/public -type f ! -name schema.ts 2>/dev/null)

web/node_modules/.package-lock.json: web/package-lock.json
	@cd web && npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error

web: web/dist/index.html
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@cd web && npm run --silent build >build.log 2>&1 || { cat build.log; exit 1; }
	@touch $@

# Installs, builds, makes the demo city once, serves it.
run:
	@tools/install-deps run
	@$(MAKE) --no-print-directory web
	@$(MAKE) --no-print-directory build
	@tools/demo build/kechuang demo/city.db $(PORT)

test:
	@tools/install-deps test
	@$(MAKE) --no-print-directory web
	@$(MAKE) --no-print-directory build build-test
	@tests/run build-test

check:
	@$(MAKE) --no-print-directory build-test
	@tests/run build-test --quick

# Clang builds everything with warnings as errors; build-clang also tells the tools how each file is compiled.
build-clang/build.ninja: $(MESON)
	@mkdir -p build-clang && export CC=clang && $(call setup,build-clang,-Dtests=true -Dfuzz=false -Dbuildtype=debugoptimized) && touch $@

build-clang: build/deps/sqlite/version build-clang/build.ninja
	@$(NINJA) -C build-clang --quiet

lint:
	@tools/include-lint
	@tools/install-deps test
	@$(MAKE) --no-print-directory build-clang
	@tools/header-check build-clang
	@tools/tidy build-clang

# Every stage fuzzed for FUZZ_SECONDS; FUZZ="NAME …" runs only those.
FUZZ_SECONDS ?= 60
FUZZ ?=
fuzz_names = $(if $(FUZZ),$(FUZZ),$(filter-out main,$(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c))))

build-fuzz/build.ninja: $(MESON)
	@mkdir -p build-fuzz && export CC=clang && $(call setup,build-fuzz,-Dfuzz=true -Db_lundef=false -Db_sanitize=address$(comma)undefined -Dc_args=-fsanitize=fuzzer-no-link -Dbuildtype=debugoptimized) && touch $@

fuzz: build/deps/sqlite/version
	@tools/install-deps test
	@$(MAKE) --no-print-directory build-fuzz/build.ninja
	@$(NINJA) -C build-fuzz --quiet $(addprefix fuzz-,$(fuzz_names))
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tools/fuzz build-fuzz $(fuzz_names)

# Screenshots of the demo city for the manuals, by headless Chromium.
screenshots: web build
	@tools/install-deps test
	@NODE_PATH=web/node_modules node tools/screenshots.cjs build/kechuang docs/images

# Figures beside peers, which npm installs into build/bench; BENCH="NAME …" runs only those.
BENCH ?=
bench: build/deps/sqlite/version
	@tools/install-deps test
	@bench/run $(BENCH)

clean:
	rm -rf build build-test build-clang build-fuzz
