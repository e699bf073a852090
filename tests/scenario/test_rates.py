"""Rates that registers give: applications won and money against the best year (A1), R&D institutions of enterprises above
scale (A5), who read and who used the policies (A16); what nobody knows stays unknown."""
import os

import city
from city import good, uscc

tap = city.Tap()
FIRMS = [uscc("980102", f"MB00000{i}") for i in range(4)]
PACK = os.path.join(city.ROOT, "packs", "city")


def sheet(db, folder, register, header, rows):
    path = os.path.join(folder, register + ".csv")
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(",".join(r) for r in [header.split(",")] + rows) + "\n")
    good("import", db, register, path)


CODES = {"锦湖区": "980102", "秀川区": "980103", "望川县": "980121"}


def figures(db, name, unit=None):
    o = good("value", db, name, "--period", "2023-12", "--json", *(["--unit", CODES[unit]] if unit else [])).json()
    return o["value"]


def walk(engine, db, folder):
    good("init", db, "--pack", PACK)
    sheet(db, folder, "enterprise", "统一社会信用代码,企业名称,所属县区",
          [[f, f"第{i}有限公司", ["锦湖区", "锦湖区", "秀川区", "秀川区"][i]] for i, f in enumerate(FIRMS)])

    def project(n, county, level, stage, won, decided):
        return [n, "项目" + n, county, "重点研发", "第一批", level, stage, "2018-01-02", "9000", won, "某指南", "2018-02-01", decided]
    sheet(db, folder, "reserve_project", "储备编号,项目名称,县区,计划类别,征集批次,拟申报级别,阶段,征集日期,申请资金（万元）,获批资金（万元）,申报指南,申报日期,批复日期",
          [project("C1", "锦湖区", "国家级", "获批", "500", "2023-03-01"), project("C2", "锦湖区", "省级", "获批", "100.5", "2023-06-01"),
           project("C3", "锦湖区", "省级", "未获批", "", "2023-06-01"), project("C4", "秀川区", "市级", "获批", "20", "2023-11-30"),
           project("C5", "秀川区", "市级", "申报", "", ""), project("C6", "锦湖区", "省级", "获批", "750", "2021-05-01"),
           project("C7", "锦湖区", "省级", "获批", "300", "2022-05-01"), project("C8", "锦湖区", "国家级", "获批", "8000", "2018-03-01")])
    with tap(f"{engine}: the success rate is of what was decided in the year, by county and for the city"):
        assert figures(db, "reserve_success").startswith("75"), figures(db, "reserve_success")
        assert figures(db, "reserve_success", "锦湖区").startswith("66.66"), figures(db, "reserve_success", "锦湖区")
        assert figures(db, "reserve_success", "秀川区") == "100"
        assert figures(db, "reserve_success", "望川县") is None          # nothing was decided: no rate, and not zero
    with tap(f"{engine}: money won by level"):
        assert [figures(db, "reserve_money" + at) for at in ("", "_national", "_provincial", "_city")] == ["6205000", "5000000", "1005000", "200000"]
    with tap(f"{engine}: the best of the five years before, a year that is further back counts too as long as it is one of them"):
        assert figures(db, "reserve_money_record") == "80000000"
        assert figures(db, "reserve_money_to_record").startswith("7.75625")
        o = good("value", db, "reserve_money_record", "--period", "2023-12", "--json", "--explain").json()
        years = [p["period"] for p in o["explanation"]["parts"]] if "period" in o["explanation"]["parts"][0] else o["explanation"]["parts"]
        assert len(years) == 5, years
        o = good("value", db, "reserve_money_record", "--period", "2024-12", "--json").json()
        assert o["value"] == "7500000", o      # 2018 is six years back
    sheet(db, folder, "enterprise_year", "统一社会信用代码,年度,营业收入（万元）,规上企业,建有研发机构",
          [[FIRMS[0], "2023", "5000", "是", "是"], [FIRMS[1], "2023", "4000", "是", "否"], [FIRMS[2], "2023", "3000", "是", "是"], [FIRMS[3], "2023", "900", "否", "是"]])
    with tap(f"{engine}: coverage counts enterprises above scale alone"):
        assert figures(db, "institution_coverage").startswith("66.66"), figures(db, "institution_coverage")
        assert figures(db, "institution_coverage", "锦湖区") == "50" and figures(db, "institution_coverage", "秀川区") == "100"
    sheet(db, folder, "policy_document", "文号,文件名称,发文机关,级别,体系位置,发布日期,施行日期",
          [["云政发〔2023〕1号", "科技创新若干措施", "市政府", "市级", "主文件", "2023-01-01", "2023-01-01"]])
    sheet(db, folder, "policy_reading", "文号,企业代码,知晓日期,知晓途径",
          [["云政发〔2023〕1号", f, "2023-02-01", "培训"] for f in FIRMS[:3]])
    sheet(db, folder, "policy_use", "文号,企业代码,使用日期", [["云政发〔2023〕1号", FIRMS[0], "2023-05-01"], ["云政发〔2023〕1号", FIRMS[0], "2023-06-01"]])
    with tap(f"{engine}: an enterprise that used a policy twice counts once"):
        assert figures(db, "policy_reading_rate") == "75" and figures(db, "policy_use_rate") == "25", \
            (figures(db, "policy_readers"), figures(db, "policy_reading_rate"), figures(db, "policy_use_rate"))
    with tap(f"{engine}: what of it is a county's nobody knows, and it is not zero"):
        assert figures(db, "policy_readers", "锦湖区") is None


with city.temp() as folder:
    for engine, name in city.databases(folder):
        if name is None:
            tap.skip("postgres", "no PostgreSQL here")
            continue
        walk(engine, name("rates"), folder)
tap.done()
