#!/usr/bin/env python3
"""Reading speeches: the annotated ones against their scorer, work reports of cities and provinces from end to end."""
import glob
import json
import os
import sys
import tempfile
import time

import city

tap = city.Tap()
folder = tempfile.mkdtemp(prefix="kechuang-meeting-")
SPEECH = """在全市科技工作会议上的讲话
2024年2月5日
同志们：
今天召开会议。
一、2023年工作回顾
全市研发经费达到12.5亿元，同比增长8.3%。
二、2024年重点任务
力争到2026年高新技术企业达到500家。市科技局要每月通报进度。对新认定的高新技术企业，给予20万元奖励。
"""

with tap("a speech of its own, to a file, bare and to the screen"):
    path, out = os.path.join(folder, "speech.txt"), os.path.join(folder, "out.json")
    open(path, "w", encoding="gb18030").write(SPEECH)
    r = city.run("meeting", "read", path, "-o", out)
    assert r.code == 0 and "事实 1，目标 1，任务 1，激励 1" in r.out, r.out + r.err
    doc = json.load(open(out, encoding="utf-8"))
    speech = doc["speeches"][0]
    assert speech["date"] == "2024-02-05" and [s["heading"] for s in speech["sections"]] == ["2023年工作回顾", "2024年重点任务"]
    for item in speech["items"]:
        assert doc["clean"][item["at"][0]:item["at"][1]] == item["quote"]
        assert SPEECH[item["original"][0]:item["original"][1]] == item["quote"]
    assert [i["kind"] for i in speech["items"]] == ["fact", "target", "task", "incentive"]
    assert speech["items"][0]["value"] == 1250000000 and speech["items"][0]["change"] == "+8.3%"
    bare = city.run("meeting", "read", path, "--bare").json()
    assert "clean" not in bare and bare["speeches"][0]["items"][1]["deadline"] == "2026"
    left = city.run("meeting", "read", path, "--leftover")
    assert "2023年\t日期" in left.out, left.out

with tap("words of a pack, and what is wrong with them"):
    pack = os.path.join(folder, "pack")
    os.makedirs(os.path.join(pack, "meeting"))
    words = os.path.join(pack, "meeting", "verbs.yaml")
    open(words, "w", encoding="utf-8").write("actions: [建设]\nverbs: [x]\n")
    r = city.run("meeting", "read", path, "--pack", pack)
    assert r.code == 1 and "verbs.yaml:2:1" in r.err, r.err
    open(words, "w", encoding="utf-8").write("weak_actions: [建设]\nactions: [搞掂]\n")
    assert city.run("meeting", "read", path, "--pack", pack).code == 0

with tap("what cannot be read is refused with a word on what to do"):
    for name, data, word in (("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".docx"), ("a.pdf", b"%PDF-1.4", "纯文本"), ("a.txt", b" ", "没有文字")):
        bad = os.path.join(folder, name)
        open(bad, "wb").write(data)
        r = city.run("meeting", "read", bad)
        assert r.code == 1 and word in r.err, r.err

speeches = os.path.join(city.SHARED, "speeches")
if city.SHARED and os.path.isdir(speeches):
    with tap("annotated speeches: sections, facts, targets, tasks, incentives"):
        sys.path.insert(0, speeches)
        import score
        results = []
        for gold in sorted(glob.glob(os.path.join(speeches, "gold", "*.json"))):
            name = os.path.basename(gold)[:-5]
            out = os.path.join(folder, name + ".json")
            assert city.run("meeting", "read", os.path.join(speeches, "docs", name + ".txt"), "-o", out).code == 0
            results.append(score.score(score.load(gold), score.load(out)))
        total = score.total(results)
        for kind, least in (("section", 0.92), ("fact", 0.85), ("target", 0.88), ("task", 0.70), ("incentive", 0.90)):
            f1 = total["kinds"][kind]["f1"]
            print(f"# {kind} F1 {f1:.4f}")
            assert f1 >= least, (kind, f1)
        cover = total["task_coverage"]
        assert cover["hit"] >= 0.90 * cover["gold"] and cover["sound"] >= 0.90 * cover["pred"], cover
        assert total["missing"]["invented"] == 0
else:
    tap.skip("annotated speeches", "no shared data")

reports = sorted(glob.glob(os.path.join(city.SHARED, "data", "gov_docs", "*", "**", "*.md"), recursive=True)) if city.SHARED else []
if reports:
    with tap("work reports run through, every number with a unit in an item or left over with a reason"):
        quantities = left = open_ = 0
        started = time.time()
        for path in reports[::6] if city.QUICK else reports:
            r = city.run("meeting", "read", path)
            assert r.code == 0, path + r.err
            doc = r.json()
            quantities += doc["quantities"]
            left += len(doc["leftovers"])
            open_ += sum(1 for x in doc["leftovers"] if x["why"] not in ("date", "ordinal"))
            assert all(x["why"] for x in doc["leftovers"])
            for speech in doc["speeches"]:
                for item in speech["items"]:
                    assert doc["clean"][item["at"][0]:item["at"][1]] == item["quote"], path
        print(f"# {quantities} numbers with a unit, {left} left over ({left / quantities:.1%}), "
              f"without dates and ordinals {open_} ({open_ / quantities:.1%}); {time.time() - started:.1f} s")
        assert quantities > 1000 and open_ < 0.15 * quantities
else:
    tap.skip("work reports", "no shared data")

tap.done()
