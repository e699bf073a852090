"""Every operation over HTTP: replies validated against api/openapi.yaml, rights, hostile requests; fails when one was never called."""
import http.client
import json
import os
import re
import subprocess
import sys
import urllib.parse

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
import city  # noqa: E402
from city import good  # noqa: E402

tap = city.Tap()
DOC = yaml.safe_load(open(os.path.join(city.ROOT, "api", "openapi.yaml"), encoding="utf-8"))
CALLED, PROBLEMS = set(), []


def deref(node):
    while "$ref" in node:
        target = DOC
        for part in node["$ref"].lstrip("#/").split("/"):
            target = target[part]
        node = target
    return node


def validate(schema, value, where):
    schema = deref(schema)
    if value is None:
        if not schema.get("nullable"):
            PROBLEMS.append(f"{where}: null")
        return
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        PROBLEMS.append(f"{where}: {value!r} is no {kind}")
        return
    if "enum" in schema and value not in schema["enum"]:
        PROBLEMS.append(f"{where}: {value!r} is not one of {schema['enum']}")
    if kind == "object":
        for name in schema.get("required", []):
            if name not in value:
                PROBLEMS.append(f"{where}: lacks {name}")
        for name, item in value.items():
            if name in schema.get("properties", {}):
                validate(schema["properties"][name], item, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                PROBLEMS.append(f"{where}: {name} is not in the schema")
    if kind == "array":
        for i, item in enumerate(value):
            validate(schema["items"], item, f"{where}[{i}]")


def operation_of(method, path):
    for template, item in DOC["paths"].items():
        if method.lower() in item and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            return item[method.lower()]
    return None


class Client:
    def __init__(self, port):
        self.port, self.cookie = port, None

    def raw(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"X-Kechuang": "1", **(headers or {})}
        if self.cookie:
            head["Cookie"] = self.cookie
        c.request(method, path, body=body, headers=head)
        r = c.getresponse()
        data = r.read()
        for value in r.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
            assert "HttpOnly" in value and "SameSite=Strict" in value
        c.close()
        return r.status, r.headers, data

    def __call__(self, method, path, query=None, body=None, want=200):
        query = urllib.parse.urlencode(query or {})
        is_json = isinstance(body, (dict, list))
        status, headers, data = self.raw(method, "/api" + path + ("?" + query if query else ""), json.dumps(body).encode() if is_json else body)
        op = operation_of(method, urllib.parse.unquote(path))
        assert status == want, (method, path, query, status, data[:400])
        if op is None:
            return json.loads(data)
        CALLED.add(op["operationId"])
        if status != 200:
            validate({"$ref": "#/components/schemas/Problem"}, json.loads(data), f"{method} {path} {status}")
            return json.loads(data)
        content = op["responses"]["200"]["content"]
        if "application/json" in content:
            reply = json.loads(data)
            validate(content["application/json"]["schema"], reply, op["operationId"])
            return reply
        return data

    def log_in(self, account, password="kechuang-demo"):
        return self("POST", "/session", body={"account": account, "password": password})


def walk(port, db):
    nobody, admin, county = Client(port), Client(port), Client(port)
    with tap("health needs no account, everything else does"):
        assert nobody("GET", "/health")["events"] > 0
        nobody("GET", "/city", want=401)
        nobody("GET", "/indicators/rd_intensity/rank", {"period": "2023-06"}, want=401)
        nobody("POST", "/runs", body={"year": 2023}, want=401)
    with tap("a wrong password and a wrong account look the same"):
        a = nobody("POST", "/session", body={"account": "city", "password": "wrong"}, want=401)
        b = nobody("POST", "/session", body={"account": "ghost", "password": "wrong"}, want=401)
        assert a["message"] == b["message"]
    with tap("logging in gives a cookie that scripts cannot read"):
        assert admin.log_in("admin")["role"] == "admin" and county.log_in("wangchuan")["unit"] == "980121"
        assert admin("GET", "/session")["account"] == "admin"
    with tap("the city, its map, its accounts"):
        shown = admin("GET", "/city")
        assert len([u for u in shown["units"] if u["kind"] == "county"]) == 8 and "2023-12" in shown["periods"] and 2023 in shown["years"]
        assert len(admin("GET", "/map")["features"]) == 8
        assert len(admin("GET", "/accounts")["accounts"]) == 15
        admin("POST", "/accounts", body={"account": "newone", "role": "leader", "unit": "980100", "password": "long enough"})
        admin("POST", "/accounts", body={"account": "newone", "role": "leader", "unit": "980100", "password": "long enough"}, want=409)
        admin("POST", "/accounts", body={"account": "newtwo", "role": "leader", "unit": "980100", "password": "short"}, want=400)
    with tap("figures: rank, value with explanation, series, alerts"):
        rank = admin("GET", "/indicators/rd_intensity/rank", {"period": "2023-06"})
        assert len(rank["rows"]) == 8 and rank["previous_period"] == "2023-05"
        figure = admin("GET", "/indicators/rd_intensity/value", {"period": "2023-06", "unit": "980102"})
        assert figure["explanation"]["parts"][0]["source"]["file"].endswith(".csv")
        assert len(admin("GET", "/indicators/gdp/series", {"unit": "980102", "from": "2023-01", "to": "2023-12"})["points"]) == 12
        admin("GET", "/alerts", {"period": "2023-06"})
        admin("GET", "/indicators/nothing/rank", {"period": "2023-06"}, want=404)
        admin("GET", "/indicators/gdp/rank", {"period": "2023-06"}, want=400)
    with tap("a county's account sees its county; what is forbidden looks like what is missing"):
        assert [r["unit"] for r in county("GET", "/indicators/rd_intensity/rank", {"period": "2023-06"})["rows"]] == ["980121"]
        hidden = county("GET", "/indicators/gdp/value", {"period": "2023-06", "unit": "980102"}, want=404)
        absent = county("GET", "/indicators/gdp/value", {"period": "2023-06", "unit": "000000"}, want=404)
        assert hidden["message"].replace("980102", "X") == absent["message"].replace("000000", "X")
        page = county("GET", "/registers/enterprise/records", {"limit": 500})
        where = page["fields"].index("county")
        assert page["total"] > 0 and {r["values"][where] for r in page["rows"]} == {"980121"}
        other = [r["key"] for r in admin("GET", "/registers/enterprise/records", {"unit": "980102", "limit": 1})["rows"]][0]
        county("GET", "/registers/enterprise/record", {"key": other}, want=404)
        county("GET", "/policies/rd_post_subsidy/check", {"key": other, "year": 2023}, want=404)
        assert all(r["unit"] == "980121" for r in county("GET", "/runs/latest", {"limit": 500})["rows"])
        county("POST", "/runs", body={"year": 2023}, want=404)
        county("GET", "/events", want=404)
        county("GET", "/verify", want=404)
        county("GET", "/accounts", want=404)
    with tap("forms: the grid, a report from a sheet, states"):
        grid = admin("GET", "/forms/monthly/figures", {"period": "2023-12"})
        assert len(grid["rows"]) == 8 and grid["due"]
        ago = [int(admin("GET", f"/indicators/{i}/value", {"period": "2023-01", "unit": "980121"})["value"]) // 10000 for i in ("gdp", "rd_expenditure")]
        csv = f"县区,地区生产总值（万元）,全社会研发经费（万元）\n望川县,{ago[0] * 21 // 20},{ago[1] * 21 // 20}\n锦湖区,1,1\n".encode()
        o = county("POST", "/forms/monthly/figures", {"period": "2024-01", "file": "月报.csv", "dry_run": "true"}, csv)
        assert (o["added"], o["refused"]) == (1, 1) and o["dry_run"], o
        o = county("POST", "/forms/monthly/figures", {"period": "2024-01", "file": "月报.csv", "submit": "true"}, csv)
        assert (o["added"], o["refused"]) == (1, 1)
        county("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "approve"}, want=404)
        assert county("GET", "/forms/monthly/workbook", {"period": "2024-01", "last": "true"})[:2] == b"PK"
        cells = {"period": "2024-01", "submit": True, "cells": [{"unit": "980121", "indicator": "invention_patents", "text": "500", "measure": "件"}],
                 "notes": [{"unit": "980121", "indicator": "invention_patents", "text": "复核"}]}
        assert county("POST", "/forms/monthly/cells", body=dict(cells, dry_run=True))["dry_run"]
        o = county("POST", "/forms/monthly/cells", body=cells)
        assert o["changed"] == 1 and o["refused"] == 0, o
        o = county("POST", "/forms/monthly/cells", body=dict(cells, cells=[{"unit": "980102", "indicator": "gdp", "text": "1"}]))
        assert o["refused"] == 1 and o["problems"][0]["text"], o
        county("POST", "/forms/monthly/extension", body={"period": "2024-01", "unit": "980121", "due": "2024-03-01", "reason": "系统升级"}, want=404)
        admin("POST", "/forms/monthly/extension", body={"period": "2024-01", "unit": "980121", "due": "2024-03-01", "reason": ""}, want=400)
        admin("POST", "/forms/monthly/extension", body={"period": "2024-01", "unit": "980121", "due": "2024-03-01", "reason": "系统升级"})
        admin("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "approve"}, want=409)
        county("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "sign"})
        admin("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "return", "reason": ""}, want=400)
        admin("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "approve"})
        admin("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "publish"})
        admin("POST", "/forms/monthly/state", body={"period": "2024-01", "unit": "980121", "move": "submit"}, want=409)
    with tap("meetings: read, confirmed, applied; facts beside the city's figures"):
        speech = open(os.path.join(city.ROOT, "tests", "scenario", "speech.txt"), "rb").read()
        m = admin("POST", "/meetings", {"file": "讲话.txt", "day": "2023-03-10", "title": "推进会"}, speech)
        number = m["meeting"]["meeting"]
        admin("POST", "/meetings", {"file": "again.txt"}, speech, want=409)
        admin("POST", "/meetings", {"file": "empty.txt"}, b"   ", want=400)
        assert m["meeting"]["title"] == "推进会" and admin("GET", "/meetings")["meetings"][0]["meeting"] == number
        assert admin("GET", f"/meetings/{number}")["text"] == m["text"]
        assert admin("GET", f"/meetings/{number}/original") == speech
        county("GET", f"/meetings/{number}", want=404)
        county("GET", "/meetings", want=404)
        for kind in ("task", "target", "incentive"):
            for i in (i for i in m["items"] if i["kind"] == kind and "2025年" not in i["quote"] and i["fields"].get("deadline") != "2025"):
                after = admin("POST", f"/meeting-items/{i['item']}", body={"act": "accept", "version": i["version"]})
                assert (after["state"], after["version"]) == ("accepted", 2)
        stale = admin("POST", f"/meeting-items/{i['item']}", body={"act": "reject", "version": 1}, want=409)
        assert "admin" in stale["message"], stale
        admin("POST", f"/meeting-items/{i['item']}", body={"act": "mend", "version": 2, "fields": {"colour": 1}}, want=400)
        admin("POST", f"/meeting-items/{i['item']}", body={"act": "mend", "version": 2, "fields": {"action": "x"}}, want=400)
        admin("POST", "/meeting-items/999999", body={"act": "accept", "version": 1}, want=404)
        assert len(admin("GET", f"/meeting-items/{i['item']}")["versions"]) == 2
        words = "总结去年工作"
        mine = admin("POST", f"/meetings/{number}/items", body={"kind": "task", "quote": words, "fields": {"action": words, "owners": ["望川县"]}})
        assert m["text"][mine["from"]:mine["to"]] == words and mine["link"]["units"][0]["unit"] == "980121"
        admin("POST", f"/meetings/{number}/items", body={"kind": "task", "quote": "不在文中", "fields": {"action": "x"}}, want=400)
        admin("POST", f"/meeting-items/{mine['item']}", body={"act": "accept", "version": 1})
        county("POST", f"/meetings/{number}/apply", body={}, want=404)
        done = admin("POST", f"/meetings/{number}/apply", body={})
        assert done["tasks"] and done["lines"] and done["drafts"] and done["letters"], done
        results = admin("GET", f"/meetings/{number}/results", {"day": "2023-04-01"})
        assert results["tasks"] and results["lines"] and results["facts"]
        draft = results["drafts"][0]["draft"]
        assert len(admin("GET", f"/policy-drafts/{draft}")["files"]) == 3
        assert admin("GET", f"/policy-drafts/{draft}/bundle")[:2] == b"PK"
        admin("GET", "/policy-drafts/nothing", want=404)
    with tap("tasks: a county sees its own, reports, gives evidence; the city closes"):
        own = county("GET", "/tasks", {"day": "2023-03-20"})["tasks"]
        assert own and all(t["owner"] == "980121" or "980121" in t["helpers"] for t in own), own
        made = admin("POST", "/tasks", body={"action": "交一份材料", "owner": "980121", "due": "2099-12-31", "cadence": "每季度"})["task"]
        n = made["task"]
        assert county("POST", f"/tasks/{n}/reports", body={"text": "已着手"})["entries"][0]["kind"] == "progress"
        county("POST", f"/tasks/{n}/reports", body={"text": ""}, want=400)
        county("POST", f"/tasks/{n}/state", body={"closed": True, "version": 1, "evidence": "材料一份"}, want=404)
        admin("POST", f"/tasks/{n}/state", body={"closed": True, "version": 1}, want=400)
        county("POST", f"/tasks/{n}/evidence", {"file": "空.pdf"}, b"", want=400)
        file = county("POST", f"/tasks/{n}/evidence", {"file": "材料.pdf"}, b"%PDF-1.4 x")["entries"][-1]["file"]
        assert county("GET", f"/tasks/{n}/evidence/{file}") == b"%PDF-1.4 x"
        county("GET", f"/tasks/{n}/evidence/{'0' * 64}", want=404)
        closed = admin("POST", f"/tasks/{n}/state", body={"closed": True, "version": 1, "text": "齐了"})["task"]
        assert closed["closed"] and closed["light"] == "green"
        admin("POST", f"/tasks/{n}/state", body={"closed": True, "version": 1}, want=409)
        assert admin("GET", f"/tasks/{n}")["task"]["closed_by"] == "admin"
        foreign = admin("POST", "/tasks", body={"action": "别县的事", "owner": "980122"})["task"]["task"]
        county("GET", f"/tasks/{foreign}", want=404)
        county("POST", f"/tasks/{foreign}/reports", body={"text": "x"}, want=404)
        admin("POST", "/tasks", body={"action": "x", "owner": "000000"}, want=404)
        admin("POST", "/tasks", body={"action": "x", "owner": "980122", "cadence": "偶尔"}, want=400)
    with tap("registers: pages, filters, one file, import, errors, export"):
        some = admin("GET", "/registers/enterprise_year/records", {"where": "rd_expense / revenue > 0.05", "limit": 5, "sort": "-revenue"})
        assert some["total"] > 0 and len(some["rows"]) <= 5
        found = admin("GET", "/registers/enterprise/records", {"q": "生物", "limit": 5})
        assert found["total"] > 0
        admin("GET", "/registers/enterprise/records", {"where": "nonsense >"}, want=400)
        file = admin("GET", "/registers/enterprise/record", {"key": other})
        assert file["versions"] and any(c["register"] == "enterprise_year" for c in file["children"])
        csv = f"统一社会信用代码,企业名称,所属县区\n{other},改了名的有限公司,锦湖区\n坏的代码,乙,锦湖区\n".encode()
        o = admin("POST", "/registers/enterprise/import", {"file": "改名.csv"}, csv)
        assert (o["changed"], o["refused"]) == (1, 1)
        assert len(admin("GET", "/registers/enterprise/record", {"key": other})["versions"]) == 2
        assert admin("POST", "/registers/enterprise/errors", {"file": "改名.csv"}, csv)[:2] == b"PK"
        assert admin("GET", "/registers/enterprise/export", {"format": "csv"})[:3] == b"\xef\xbb\xbf"
    with tap("records: written, deleted, brought back, merged; links, held rows, attachments, views, template"):
        made = [city.uscc("980121", f"MA00900{i}") for i in range(3)]
        for i, code in enumerate(made):
            o = admin("POST", "/registers/enterprise/record", body={"values": {"uscc": code, "name": f"新设{i}有限公司", "county": "望川县"}, "reason": "新设"})
            assert o["added"] == 1, o
        o = admin("POST", "/registers/enterprise/record", body={"key": made[0], "values": {"postcode": "74"}, "dry_run": True})
        assert o["refused"] == 1 and o["dry_run"], o
        o = county("POST", "/registers/enterprise/record", body={"key": made[0], "values": {"postcode": "743000", "phone": None}, "reason": "补录"})
        assert o["changed"] == 1 and admin("GET", "/registers/enterprise/record", {"key": made[0]})["versions"][0]["why"] == "补录"
        county("POST", "/registers/enterprise/record", body={"key": other, "values": {"postcode": "743000"}}, want=404)
        admin("POST", "/registers/enterprise/record", body={"key": made[0], "values": {"colour": "red"}}, want=400)
        admin("POST", "/registers/enterprise/record", body={"values": {"name": "没有代码"}}, want=400)
        county("POST", "/registers/enterprise/record/delete", body={"key": made[1], "reason": "注销"}, want=404)
        admin("POST", "/registers/enterprise/record/delete", body={"key": made[1]}, want=400)
        assert admin("POST", "/registers/enterprise/record/delete", body={"key": made[1], "reason": "注销"})["records"] == 1
        admin("GET", "/registers/enterprise/record", {"key": made[1]}, want=404)
        assert admin("GET", "/registers/enterprise/gone")["rows"][0]["key"] == made[1]
        admin("POST", "/registers/enterprise/record/restore", body={"key": made[1], "reason": "误删"})
        assert admin("POST", "/registers/enterprise/record/merge", body={"key": made[1], "into": made[0], "reason": "同一企业"})["key"] == made[0]
        assert admin("GET", "/registers/enterprise/record", {"key": made[1]})["key"] == made[0]
        csv = f"统一社会信用代码,年度,营业收入,研发费用\n{made[0]},2022,5000000,6000000\n".encode()
        assert admin("POST", "/registers/enterprise_year/import", {"file": "年报.csv"}, csv)["held"] == 1
        held = [h for h in county("GET", "/registers/enterprise_year/held", {"limit": 500})["rows"] if h["key"] == f"{made[0]}|2022"]
        assert county("POST", "/registers/enterprise_year/held", body={"id": held[0]["id"], "explanation": "筹建"})["added"] == 1
        admin("POST", "/registers/enterprise_year/held", body={"id": held[0]["id"], "explanation": "筹建"}, want=404)
        admin("POST", "/registers/enterprise/record", body={"key": made[2], "values": {"tags": "样板、重点"}})
        assert admin("GET", "/registers/enterprise/links", {"key": made[2]})["links"] == []
        county("GET", "/registers/enterprise/links", {"key": other}, want=404)
        a = admin("POST", "/registers/enterprise/attachments", {"key": made[2], "file": "执照.pdf", "reason": "存档"}, b"%PDF-1.4 licence")
        assert admin("GET", "/registers/enterprise/attachments", {"key": made[2]})["attachments"] == [a]
        assert admin("GET", "/registers/enterprise/attachments/file", {"key": made[2], "id": a["id"]}) == b"%PDF-1.4 licence"
        admin("GET", "/registers/enterprise/attachments/file", {"key": made[0], "id": a["id"]}, want=404)
        admin("POST", "/registers/enterprise/attachments", {"key": made[2], "file": "../x"}, b"x", want=400)
        admin("POST", "/registers/enterprise/attachments/remove", body={"key": made[2], "id": a["id"], "reason": "换新"})
        assert len(admin("POST", "/registers/enterprise/views", body={"name": "样板", "where": 'list contains(tags, "样板")', "shared": True})["views"]) == 1
        assert [v["name"] for v in county("GET", "/registers/enterprise/views")["views"]] == ["样板"]
        county("POST", "/registers/enterprise/views/remove", body={"name": "样板"}, want=404)
        admin("POST", "/registers/enterprise/views/remove", body={"name": "样板"})
        assert {f["name"] for f in admin("GET", "/registers/enterprise/figures", {"key": made[2], "year": 2023})["figures"]} >= {"grants", "patents"}
        admin("GET", "/warnings")
        assert all(w["unit"] == "980121" for w in county("GET", "/warnings")["rows"])
        admin("GET", "/warnings", {"register": "nothing"}, want=404)
        assert admin("GET", "/registers/enterprise/template")[:2] == b"PK"
        assert admin("GET", "/registers/enterprise/export", {"format": "json", "q": "新设"})[:1] == b"["
    with tap("policies: check, what-if, run, roster"):
        e = admin("GET", "/policies/rd_post_subsidy/check", {"key": other, "year": 2023})
        assert e["explanation"]["parts"]
        w = admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {"rate": "0.2"}})
        for part in [w["by_unit"]] + [f["groups"] for f in w["by_field"]]:      # every breakdown adds up
            assert sum(g["after"]["fen"] for g in part) == w["after"]["fen"], part
            assert sum(g["winners"] for g in part) == w["winners"]
        same = admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}})
        assert same["winners"] == same["losers"] == 0 and same["before"] == same["after"] == w["before"]
        assert w["after"]["fen"] >= w["before"]["fen"]
        admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {"colour": "1"}}, want=400)
        t = admin("GET", "/policies/rd_post_subsidy/tables")["tables"][1]
        cells = t["rules"][0]["cells"]
        cells[1] = "1000"
        by_rules = admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "tables": [{"table": 2, "rules": t["rules"]}]})
        edits = [{"edit": "cell", "table": 2, "rule": 1, "column": "金额", "text": "1000"}]
        by_cell = admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "edits": edits})
        assert by_rules["after"] == by_cell["after"] != by_cell["before"] and by_rules["changes"] == by_cell["changes"]
        bad = admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "edits": [{**edits[0], "text": "rd +"}]}, want=400)
        assert [(m["file"], m["cell"], m["column"]) for m in bad["messages"]] == [("科技型中小企业补助", "R1C2", 5)], bad
        admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "edits": [{"edit": "burn"}]}, want=400)
        county("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "edits": edits}, want=404)
        dmn = admin("GET", "/policies/rd_post_subsidy/tables/file", {"format": "dmn"})
        assert admin("POST", "/policies/rd_post_subsidy/whatif", body={"year": 2023, "set": {}, "model": dmn.decode()})["changes"] == []
        assert admin("GET", "/policies/rd_post_subsidy/tables/file", {"format": "csv", "table": 1})[:3] == b"\xef\xbb\xbf"
        admin("GET", "/policies/rd_post_subsidy/tables/file", {"format": "xlsx", "table": 3}, want=404)
        made = admin("POST", "/runs", body={"year": 2023})
        assert admin("GET", "/runs")["runs"][0]["run"] == made["run"]
        again = admin("POST", "/runs", body={"year": 2023})
        assert again["hash"] == made["hash"], "the same data and rules give the same hash"
        told = admin("GET", f"/runs/{made['run']}/again")
        assert told["same"] and told["again"] == made["hash"] and told["different"] == 0
        county("GET", f"/runs/{made['run']}/again", want=404)
        d = admin("GET", f"/runs/{again['run']}/diff", {"with": made["run"]})
        assert d["same_hash"] and d["same_rules"] and d["total"] == 0 and d["changes"] == []
        assert admin("GET", f"/runs/{made['run']}/diff", {"with": 1, "limit": 5})["before"] == 1
        page = admin("GET", f"/runs/{made['run']}", {"outcome": "eligible", "limit": 3})
        assert all(r["fen"] > 0 for r in page["rows"])
        assert admin("GET", f"/runs/{made['run']}/roster")[:2] == b"PK"
        admin("GET", "/runs/99999", want=404)
    with tap("payments: the demo's batches, steps of several people, objections, the ledger, clawback"):
        batches = admin("GET", "/payments")["payments"]
        published = next(b for b in batches if b["state"] == "published")
        paid = next(b for b in batches if b["state"] in ("paid", "published") and b["sent"])
        page = admin("GET", f"/payments/{paid['payment']}", {"limit": 500})
        assert [s["step"] for s in page["payment"]["steps"]][:5] == ["compute", "make", "review", "approve", "publish"]
        assert len({s["actor"] for s in page["payment"]["steps"]}) >= 4 and page["payment"]["returned"] > 0
        assert all(r["unit"] == "980121" for r in county("GET", f"/payments/{paid['payment']}", {"limit": 500})["rows"])
        county("POST", "/payments", body={"run": made["run"], "title": "无权"}, want=404)
        admin("POST", "/payments", body={"run": made["run"], "title": "再来一次"}, want=409)
        admin("POST", f"/payments/{published['payment']}/cancel", body={"reason": "重新制表"})
        p = admin("POST", "/payments", body={"run": made["run"], "title": "其余", "skip_claimed": True})
        admin("POST", f"/payments/{p['payment']}/review", body={}, want=409)        # he made it
        reviewer = Client(port)
        reviewer.log_in("reviewer")
        assert reviewer("POST", f"/payments/{p['payment']}/review", body={"reason": "一致"})["state"] == "reviewed"
        leader = Client(port)
        leader.log_in("leader")
        leader("POST", f"/payments/{p['payment']}/publish", body={}, want=404)      # not his to do
        assert leader("POST", f"/payments/{p['payment']}/approve", body={})["state"] == "approved"
        assert admin("POST", f"/payments/{p['payment']}/publish", body={})["state"] == "published"
        item = admin("GET", f"/payments/{p['payment']}")["rows"][0]
        o = admin("POST", f"/payments/{p['payment']}/objections", body={"item": item["item"], "text": "有异议"})
        assert o["open"]
        finance = Client(port)
        finance.log_in("finance")
        finance("POST", f"/payments/{p['payment']}/send", body={}, want=409)        # published, and objected to
        assert admin("POST", f"/objections/{o['objection']}/answer", body={"upheld": False, "text": "不属实"})["open_objections"] == 0
        assert admin("POST", f"/payments/{p['payment']}/edit", body={"item": item["item"], "reason": "核查"})["state"] == "made"
        assert admin("POST", f"/payments/{p['payment']}/cancel", body={"reason": "试验"})["state"] == "cancelled"
        sent = next(r for r in page["rows"] if r["state"] == "sent")
        accountant = Client(port)
        accountant.log_in("accountant")
        accountant("POST", f"/payment-items/{sent['item']}/settle", body={"arrived": True})
        bank = finance("GET", f"/payments/{sent['payment']}/bank-list")
        assert bank["count"] == len(bank["rows"]) > 1 and bank["incomplete"] == 0
        assert finance("POST", f"/payments/{sent['payment']}/bank-list", {"format": "xlsx"}, b"")[:2] == b"PK"
        accountant("GET", f"/payments/{sent['payment']}/bank-list", want=404)
        one, two = bank["rows"][:2]
        csv = f"业务参考号,金额,处理结果\n{one['reference']},{one['amount']},成功\n{two['reference']},0.01,成功\n".encode()
        dry = accountant("POST", "/bank-answers", {"file": "回单.csv", "dry_run": "true"}, csv)
        assert (dry["confirmed"], dry["refused"], dry["rows"][1]["outcome"]) == (1, 1, "refused"), dry
        assert accountant("POST", "/bank-answers", {"file": "回单.csv"}, csv)["confirmed"] == 1
        assert accountant("POST", "/bank-answers", {"file": "回单.csv"}, csv)["unchanged"] == 1
        accountant("POST", "/bank-answers", {"file": "回单.csv"}, b"nothing", want=400)
        finance("POST", "/bank-answers", {"file": "回单.csv"}, csv, want=404)
        admin("POST", f"/payment-items/{sent['item']}/claim-back", body={"amount": "12.34", "reason": "迁出"})
        admin("POST", f"/payment-items/{sent['item']}/claim-back", body={"amount": "99999999999", "reason": "迁出"}, want=400)
        accountant("POST", f"/payment-items/{sent['item']}/came-back", body={"amount": "12.34"})
        assert finance("POST", "/ledger/funds", body={"unit": "980100", "source": "上级专项", "amount": "1000"})["recorded"]
        book = admin("GET", "/ledger", {"limit": 5})
        assert sum(round(float(a["balance"]) * 100) for a in book["accounts"]) == 0 and len(book["lines"]) == 5
        county("GET", "/ledger", want=404)
        assert admin("GET", "/clawbacks", {"year": 2024})["year"] == 2024
        assert published["publish_to"]

    with tap("an enterprise sees itself and nobody else, and may apply"):
        done = next(r for r in admin("GET", "/payments/1")["rows"])
        rows = admin("GET", "/runs/latest", {"outcome": "unknown", "limit": 5})
        asking = rows["rows"][0]
        new = {"account": "firm", "role": "enterprise", "unit": "980100", "password": "a long password"}
        admin("POST", "/accounts", body=new, want=400)
        admin("POST", "/accounts", body={**new, "record": asking["key"]})
        admin("POST", "/accounts", body={**new, "account": "payee", "record": done["key"]})
        firm, payee = Client(port), Client(port)
        firm.log_in("firm", "a long password")
        payee.log_in("payee", "a long password")
        assert firm("GET", "/session")["record"] == asking["key"]
        me = firm("GET", "/own", {"year": rows["run"]["year"]})
        assert me["key"] == asking["key"] and any(e["missing"] for e in me["entitlements"])
        assert firm("GET", f"/own/policies/{asking['policy']}", {"year": asking["year"]})["explanation"]["parts"]
        paid_to = payee("GET", "/own", {"year": 2022})
        assert {p["item"] for p in paid_to["payments"]} >= {done["item"]} and {f["field"] for f in paid_to["fields"]} >= {"uscc", "bank_account"}
        firm("POST", "/own/objections", body={"item": done["item"], "text": "x"}, want=404)
        payee("POST", "/own/objections", body={"item": done["item"], "text": "x"}, want=409)       # settled long ago
        a = firm("POST", "/own/applications", body={"policy": asking["policy"], "year": asking["year"], "text": "补报"})
        assert a["missing"] and a["state"] == "filed"
        firm("POST", "/own/applications", body={"policy": asking["policy"], "year": asking["year"], "text": "再来"}, want=409)
        payee("POST", f"/own/applications/{a['application']}/withdraw", body={}, want=404)
        assert firm("POST", f"/own/applications/{a['application']}/withdraw", body={})["state"] == "withdrawn"
        a = firm("POST", "/own/applications", body={"policy": asking["policy"], "year": asking["year"], "text": "再报"})
        assert admin("GET", "/applications", {"open": "true"})["applications"][0]["application"] == a["application"]
        firm("GET", "/applications", want=404)
        county("POST", f"/applications/{a['application']}/answer", body={"accepted": True, "text": "x"}, want=404)
        assert admin("POST", f"/applications/{a['application']}/answer", body={"accepted": False, "text": "超过期限"})["state"] == "refused"
        for path, query in (("/runs", {}), ("/payments", {}), ("/registers/enterprise/records", {}), ("/ledger", {}), ("/clawbacks", {"year": 2023}),
                            ("/registers/enterprise/record", {"key": done["key"]}), ("/entitlements", {"key": done["key"], "year": 2022})):
            firm("GET", path, query, want=404)
        admin("GET", "/own", want=404)

    with tap("what one could get: the calculator without an account, and one's own page"):
        nobody = Client(port)
        form = nobody("GET", "/calculator", {"year": 2023})
        assert {"revenue", "rd"} <= {f["name"] for f in form["figures"]}
        a = nobody("POST", "/calculator", body={"year": 2023, "figures": {"revenue": "1亿元", "rd": "300万元", "sector": "C", "small_tech": "无"}})
        assert next(x for x in a["answers"] if x["policy"] == "rd_post_subsidy")["amount"] == "100000.00"
        nobody("POST", "/calculator", body={"year": 2023, "figures": {"revenue": "很多"}}, want=400)
        codes = [nobody.raw("POST", "/api/calculator", b'{"year":2023,"figures":{}}')[0] for _ in range(60)]
        assert codes[0] == 200 and codes[-1] == 429 and set(codes) == {200, 429}, codes
        assert 20 <= codes.count(200) <= 59, codes.count(200)
        problem = nobody("POST", "/calculator", body={"year": 2023, "figures": {}}, want=429)
        assert "秒后再试" in problem["message"] or "seconds" in problem["message"], problem
        assert nobody("GET", "/calculator", {"year": 2023})["figures"], "what it asks for is still told"
        # Another address is not in the way of this one: a proxy on this machine says whose request it is.
        answer = http.client.HTTPConnection("127.0.0.1", port)
        for peer, want in (("203.0.113.7", 200), ("203.0.113.8", 200)):
            answer.request("POST", "/api/calculator", b'{"year":2023,"figures":{}}', {"X-Kechuang": "1", "Content-Type": "application/json",
                                                                                       "X-Forwarded-For": "127.0.0.1, " + peer})
            reply = answer.getresponse()
            reply.read()
            assert reply.status == want, (peer, reply.status)
        firm = page["rows"][0]["key"]
        mine = admin("GET", "/entitlements", {"key": firm, "year": 2023})
        assert float(mine["amount"]) > 0 and all(e["reason"] for e in mine["entitlements"])
        county("GET", "/entitlements", {"key": other, "year": 2023}, want=404)

    with tap("letters: draft, import, sign, amend; a county sees its own"):
        line = {"indicator": "rd_intensity", "target": "2.5", "weight": "100", "text": "研发投入强度达到2.5%"}
        letter = admin("POST", "/letters/draft", body={"unit": "980121", "year": 2025, "lines": [line]})
        assert letter["state"] == "draft" and letter["lines"][0]["line"] == 1
        admin("POST", "/letters/draft", body={"unit": "980121", "year": 2025, "lines": [{"weight": "1"}]}, want=400)
        admin("POST", "/letters/draft", body={"unit": "980121", "year": 2025, "lines": [{**line, "indicator": "nothing"}]}, want=400)
        admin("POST", "/letters/sign", body={"unit": "980121", "year": 2025, "from": "2025-01-10"})
        admin("POST", "/letters/sign", body={"unit": "980121", "year": 2025}, want=409)
        added = admin("POST", "/letters/draft", body={"unit": "980121", "year": 2025, "how": "add", "lines": [{**line, "target": "2.4"}]})
        assert added["version"] == 2 and len(added["lines"]) == 1
        admin("POST", "/letters/drop", body={"unit": "980121", "year": 2025, "reason": "不调整"})
        csv = "县区,指标,目标值,权重\n锦湖区,研发投入强度,2.6,100\n".encode()
        assert admin("POST", "/letters/import", {"year": 2025, "file": "责任书.csv"}, csv)["added"] == 1
        shown = admin("GET", "/letters/one", {"year": 2025, "unit": "980121", "period": "2025-06", "as_of": "2025-06-30"})
        assert shown["letter"]["version"] == 1 and len(shown["letter"]["lines"][0]["series"]) == 6
        assert len(admin("GET", "/letters", {"year": 2025, "drafts": "true", "period": "2025-03"})["letters"]) == 2
        assert {x["unit"] for x in county("GET", "/letters", {"year": 2025, "drafts": "true"})["letters"]} == {"980121"}
        county("GET", "/letters/one", {"year": 2025, "unit": "980102"}, want=404)
        county("POST", "/letters/sign", body={"unit": "980121", "year": 2025}, want=404)
    with tap("alerts as cases: a look at a month, the ladder, a county's answer, places as corrections changed them"):
        o = admin("POST", "/alerts/update", body={"period": "2023-06"})
        assert o["opened"] > 0 and admin("POST", "/alerts/update", body={"period": "2023-06"})["cases"] == []
        admin("POST", "/alerts/update", body={"period": "2023"}, want=400)
        county("POST", "/alerts/update", body={"period": "2023-06"}, want=404)
        cases = admin("GET", "/alerts/cases", {"year": 2023, "open": "true"})["cases"]
        assert cases and all(c["ladder"] and c["entries"] for c in cases)
        assert {c["unit"] for c in county("GET", "/alerts/cases")["cases"]} <= {"980121"}
        one = cases[0]["case"]
        assert admin("POST", "/alerts/cases", body={"case": one, "act": "talk", "text": "已约谈"})["cases"][0]["entries"][-1]["act"] == "talk"
        admin("POST", "/alerts/cases", body={"case": 999999, "act": "note", "text": "x"}, want=404)
        county("POST", "/alerts/cases", body={"case": one, "act": "close", "text": "x"}, want=404)
        assert admin("GET", "/indicators/rd_intensity/history", {"period": "2023-06", "unit": "980121"})["steps"]
    with tap("assessment: scores, a claim by the county, a decision by the city, publication"):
        scores = admin("GET", "/assess", {"year": 2025})
        assert scores["state"] == "live" and scores["table"]["rows"][0]["lines"][0]["rule"]
        claim = county("POST", "/assess/claims", body={"subject": "980121", "year": 2025, "item": "provincial_award", "evidence": "省科发〔2025〕1号"})["claims"][0]
        county("POST", "/assess/claims", body={"subject": "980102", "year": 2025, "item": "provincial_award", "evidence": "x"}, want=404)
        county("POST", "/assess/decide", body={"claim": claim["claim"], "decision": "accept"}, want=404)
        admin("POST", "/assess/publish", body={"year": 2025}, want=409)
        admin("POST", "/assess/decide", body={"claim": claim["claim"], "decision": "reject"}, want=400)
        admin("POST", "/assess/decide", body={"claim": claim["claim"], "decision": "accept"})
        assert [c["state"] for c in admin("GET", "/assess/claims", {"year": 2025})["claims"]] == ["accepted"]
        published = admin("POST", "/assess/publish", body={"year": 2025})
        assert published["state"] == "published" and len(published["hash"]) == 64
        assert {r["subject"] for r in county("GET", "/assess", {"year": 2025})["table"]["rows"]} <= {"980121"}
        county("POST", "/assess/publish", body={"year": 2025}, want=404)
    with tap("audit: events and the proof"):
        assert admin("GET", "/events", {"limit": 5})["events"][0]["op"] == "assess.publish"
        assert admin("GET", "/verify")["ok"] is True
    if "document_make" in {op["operationId"] for item in DOC["paths"].values() for op in item.values() if isinstance(op, dict)}:
        with tap("documents"):
            assert admin("GET", "/documents/rd_bulletin", {"period": "2023-06", "format": "docx"})[:2] == b"PK"
            assert admin("GET", "/documents/rd_bulletin", {"period": "2023-06", "format": "pdf"})[:5] == b"%PDF-"
            county("GET", "/documents/rd_bulletin", {"period": "2023-06", "format": "md"}, want=404)
    with tap("published documents"):
        county("POST", "/documents/rd_bulletin/published", body={"period": "2023-06"}, want=404)
        admin("POST", "/documents/nothing/published", body={}, want=404)
        one = admin("POST", "/documents/rd_bulletin/published", body={"period": "2023-06", "reason": "会议通过"})
        admin("POST", "/documents/rd_bulletin/published", body={"period": "2023-06"}, want=409)
        assert [d["id"] for d in county("GET", "/published", {"document": "rd_bulletin"})["published"]] == [one["id"]]
        assert county("GET", f"/published/{one['id']}", {"format": "docx"})[:2] == b"PK"
        assert admin("GET", f"/published/{one['id']}/differences")["differences"] == []
        county("POST", f"/published/{one['id']}/withdrawal", body={"reason": "x"}, want=404)
        assert admin("POST", f"/published/{one['id']}/withdrawal", body={"reason": "试发"})["withdrawn"] == "试发"
    with tap("requests that are wrong are told what is wrong, and change nothing"):
        before = admin("GET", "/health")["events"]
        admin("GET", "/indicators/gdp/value", {"unit": "980102"}, want=400)
        admin("GET", "/indicators/gdp/value", {"period": "June", "unit": "980102"}, want=400)
        admin("GET", "/indicators/gdp/value", {"period": "2023-06", "colour": "red"}, want=400)
        admin("POST", "/runs", body={"year": "2023"}, want=400)
        admin("POST", "/runs", body={"year": 2023, "more": 1}, want=400)
        admin("GET", "/nothing", want=404)
        for body in (b"{", b"[1,2", b'{"year":1e400}', b"[" * 100000, b'{"year":2023,"year":2024}', b"\xff\xfe"):
            status, _, _ = admin.raw("POST", "/api/runs", body)
            assert status in (400, 413), (status, body[:20])
        status, _, _ = admin.raw("POST", "/api/runs", b'{"year":2023}', headers={"X-Kechuang": ""})
        c = http.client.HTTPConnection("127.0.0.1", port)
        c.request("POST", "/api/runs", b'{"year":2023}', {"Cookie": admin.cookie})
        assert c.getresponse().status == 400, "a request without the header must not change anything"
        c.close()
        assert admin("GET", "/health")["events"] <= before + (1 if status == 200 else 0)
    with tap("logging out ends the session"):
        cookie = county.cookie
        county("DELETE", "/session")
        county.cookie = cookie
        county("GET", "/session", want=401)
    with tap("every operation was called"):
        wanted = {op["operationId"] for item in DOC["paths"].values() for op in item.values() if isinstance(op, dict)}
        assert CALLED == wanted, wanted - CALLED
    with tap("every reply is as its schema says"):
        assert not PROBLEMS, "; ".join(PROBLEMS[:10])


with city.temp() as folder:
    db = os.path.join(folder, "city.db")
    good("demo", db, "--enterprises", "200", "--years", "3")
    server = subprocess.Popen([city.KECHUANG, "serve", db, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, env=dict(os.environ, KECHUANG_LANG="en"))
    try:
        line = server.stdout.readline().decode()
        walk(int(re.search(r"127\.0\.0\.1:(\d+)", line)[1]), db)
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    with tap("the server stops cleanly"):
        assert code == 0, code
tap.done()
