"""What the benchmarks share: building our side, installing peers, describing the machine, printing tables."""
import json, os, platform, re, subprocess, sys, unicodedata

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
build = os.path.join(root, "build")
work = os.path.join(build, "bench")


def machine():
    cpu = "?"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, gcc {compiler()}"


def compiler():
    out = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    return out or "?"


def target(name, folder="build-bench"):
    """A program of ours as it is released, whatever its tests' build is."""
    where = os.path.join(root, folder)
    if not os.path.exists(os.path.join(where, "build.ninja")):
        subprocess.run(["meson", "setup", where, "-Dtests=true", "-Dbuildtype=release"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", where, "--quiet", name], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(where, name)


def npm(packages):
    """Installs peers (name@version) into build/bench/npm; returns the folder, or None without npm or network."""
    folder = os.path.join(work, "npm")
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed.json")
    have = set(json.load(open(stamp))) if os.path.exists(stamp) else set()
    if not set(packages) <= have:
        try:
            subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *sorted(have | set(packages))],
                           check=True, capture_output=True, text=True, cwd=folder, timeout=600)
        except (OSError, subprocess.SubprocessError) as e:
            print("peers were not installed:", getattr(e, "stderr", None) or e, file=sys.stderr)
            return None
        with open(stamp, "w") as f:
            json.dump(sorted(have | set(packages)), f)
    return folder


def version(folder, package):
    with open(os.path.join(folder, "node_modules", package, "package.json")) as f:
        return re.search(r'^  "version": "([^"]+)"', f.read(), re.M)[1]


def width(s):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)


def table(head, rows):
    sizes = [max(width(str(r[i])) for r in [head, *rows]) for i in range(len(head))]
    for r in [head, *rows]:
        cells = [str(c) + " " * (sizes[i] - width(str(c))) if i == 0 else " " * (sizes[i] - width(str(c))) + str(c)
                 for i, c in enumerate(r)]
        print("  " + "  ".join(cells))


def measure(command, times=1, env=None):
    """(processor seconds, MiB, last line of the output) of the best run; None when it fails.  This process stays
    small, for its size counts as that of the ones it starts."""
    best = None
    for _ in range(times):
        read, write = os.pipe()
        pid = os.posix_spawnp(command[0], command, env or os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
        os.close(write)
        out = b""
        while part := os.read(read, 65536):
            out = (out + part)[-4096:]
        os.close(read)
        _, status, usage = os.wait4(pid, 0)
        if status:
            return None
        got = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.decode().rstrip("\n").splitlines()[-1]
        best = got if best is None or got[0] < best[0] else best
    return best
