"""Reading 10 MB of official prose: processor time and the largest resident memory of one process, the best of three runs.

The text is a work report of the benchmark's own, repeated; with KECHUANG_SHARED the reports of the shared data.
"""
import glob, os, sys
import benchlib

folder = os.path.join(benchlib.work, "meeting")
os.makedirs(folder, exist_ok=True)
SIZE = 10_000_000
OWN = """一、2023年工作回顾
（一）创新平台加快建设。新建省级重点实验室3家、技术创新中心5家，研发经费达到12.5亿元，同比增长8.3%，占生产总值比重从1.9%提高到2.1%。
（二）企业主体不断壮大。高新技术企业突破500家，技术合同成交额65亿元，甲县、乙区分别达到120家、98家。
二、2024年重点任务
（一）强化企业主体。深入实施倍增计划，健全梯度培育体系，支持企业牵头组建创新联合体，力争高新技术企业达到600家，研发投入强度达到2.3%。
（二）完善政策体系。对新认定的高新技术企业，给予20万元奖励；对研发投入，按实际投入的10%给予补助，最高50万元。市科技局要每月通报进度，确保完成。
"""
reports = glob.glob(os.path.join(os.environ.get("KECHUANG_SHARED", "/nonexistent"), "data", "gov_docs", "政府工作报告*", "*", "*.md"))
text = "\n".join(open(f, encoding="utf-8").read() for f in sorted(reports)) if reports else OWN
data = text.encode()
data = (data * (SIZE // len(data) + 1))[:SIZE].decode("utf-8", "ignore").encode()
file = os.path.join(folder, "big.txt")
open(file, "wb").write(data)
program = benchlib.target("kechuang")
rows = []
for name, args in (("read, summary", ["--summary"]), ("read, JSON written", ["-o", os.path.join(folder, "out.json")])):
    got = benchlib.measure([program, "meeting", "read", file, *args], 3)
    if not got:
        sys.exit(name + " failed")
    rows.append([name, f"{len(data) / 1e6:.1f} MB", f"{got[0]:.2f} s", f"{got[1]:.0f} MiB", f"{len(data) / 1e6 / got[0]:.1f} MB/s"])
benchlib.table(["work reports" if reports else "a report, repeated", "text", "CPU time", "memory", "speed"], rows)
