/* schema.c -- the keys of every kind of definition: docs/pack.md as tables. */
#include "pack/pack_int.h"

static const char *const period_words[] = { "year", "half", "quarter", "month", NULL };
static const char *const level_words[] = { "error", "explain", NULL };

static const YamlKey kind_keys[] = {
        YAML_KEY(RawKind, name, "kind", YT_NAME, .required = true),
        YAML_KEY(RawKind, title, "title", YT_TITLE),
};
static const YamlSchema kind_schema = YAML_SCHEMA(RawKind, "单位类型", "kind of unit", kind_keys,
        .at = YAML_AT(RawKind, at), .shorthand = "kind");

static const YamlKey pack_keys[] = {
        YAML_KEY(RawPack, name, "pack", YT_NAME, .required = true),
        YAML_KEY(RawPack, title, "title", YT_TITLE),
        YAML_KEY(RawPack, version, "version", YT_TEXT),
        YAML_KEY(RawPack, kinds, "kinds", YT_LIST, .schema = &kind_schema, .required = true, .min = 1, .max = 20),
};
static const YamlSchema pack_schema = YAML_SCHEMA(RawPack, "城市包", "pack", pack_keys, .at = YAML_AT(RawPack, at));

static const YamlSchema unit_schema;
static const YamlKey was_keys[] = {
        YAML_KEY(RawWas, unit, "unit", YT_TEXT, .required = true),
        YAML_KEY(RawWas, share, "share", YT_QUANTITY),
};
static const YamlSchema was_schema = YAML_SCHEMA(RawWas, "前身", "predecessor", was_keys, .at = YAML_AT(RawWas, at),
        .shorthand = "unit");

static const YamlKey unit_keys[] = {
        YAML_KEY(RawUnit, code, "code", YT_TEXT, .required = true),
        YAML_KEY(RawUnit, name, "name", YT_TEXT, .required = true),
        YAML_KEY(RawUnit, en, "en", YT_TEXT),
        YAML_KEY(RawUnit, kind, "kind", YT_NAME),
        YAML_KEY(RawUnit, also, "also", YT_TEXTS),
        YAML_KEY(RawUnit, from, "from", YT_DATE),
        YAML_KEY(RawUnit, to, "to", YT_DATE),
        YAML_KEY(RawUnit, was, "was", YT_LIST, .schema = &was_schema, .max = 100),
        YAML_KEY(RawUnit, feature, "feature", YT_TEXT),
        YAML_KEY(RawUnit, units, "units", YT_LIST, .schema = &unit_schema),
};
static const YamlSchema unit_schema = YAML_SCHEMA(RawUnit, "单位", "unit", unit_keys, .at = YAML_AT(RawUnit, at));

static const YamlKey units_keys[] = {
        YAML_KEY(RawUnits, units, "units", YT_LIST, .schema = &unit_schema, .required = true, .min = 1,
                 .max = PACK_UNITS_MAX),
};
static const YamlSchema units_schema =
        YAML_SCHEMA(RawUnits, "单位表", "units", units_keys, .at = YAML_AT(RawUnits, at));

static const YamlSchema code_schema;
static const YamlKey code_keys[] = {
        YAML_KEY(RawCode, code, "code", YT_TEXT, .required = true),
        YAML_KEY(RawCode, title, "title", YT_TITLE),
        YAML_KEY(RawCode, also, "also", YT_TEXTS),
        YAML_KEY(RawCode, from, "from", YT_DATE),
        YAML_KEY(RawCode, to, "to", YT_DATE),
        YAML_KEY(RawCode, items, "items", YT_LIST, .schema = &code_schema),
};
static const YamlSchema code_schema = YAML_SCHEMA(RawCode, "代码", "code", code_keys, .at = YAML_AT(RawCode, at),
        .shorthand = "code");

static const YamlKey codes_keys[] = {
        YAML_KEY(RawCodes, name, "codes", YT_NAME, .required = true),
        YAML_KEY(RawCodes, title, "title", YT_TITLE),
        YAML_KEY(RawCodes, items, "items", YT_LIST, .schema = &code_schema, .required = true, .min = 1,
                 .max = PACK_UNITS_MAX),
};
static const YamlSchema codes_schema = YAML_SCHEMA(RawCodes, "代码表", "code list", codes_keys,
        .at = YAML_AT(RawCodes, at));

static void field_init(void *object)
{
        ((RawField *)object)->max_length = 1000;
}

static const YamlKey field_keys[] = {
        YAML_KEY(RawField, type, "type", YT_TEXT, .required = true),
        YAML_KEY(RawField, title, "title", YT_TITLE),
        YAML_KEY(RawField, also, "also", YT_TEXTS),
        YAML_KEY(RawField, required, "required", YT_BOOL),
        YAML_KEY(RawField, search, "search", YT_BOOL),
        YAML_KEY(RawField, unique, "unique", YT_BOOL),
        YAML_KEY(RawField, personal, "personal", YT_BOOL),
        YAML_KEY(RawField, check, "check", YT_NAME),
        YAML_KEY(RawField, schemes, "schemes", YT_NAMES),
        YAML_KEY(RawField, list, "list", YT_NAME),
        YAML_KEY(RawField, reg, "register", YT_NAME),
        YAML_KEY(RawField, kind, "kind", YT_NAME),
        YAML_KEY(RawField, from_address, "from address", YT_NAME),
        YAML_KEY(RawField, period, "period", YT_ENUM, .words = period_words, .has = YAML_HAS(RawField, has_period)),
        YAML_KEY(RawField, scale, "scale", YT_INT, .min = 0, .max = 12, .has = YAML_HAS(RawField, has_scale)),
        YAML_KEY(RawField, unit, "unit", YT_TEXT),
        YAML_KEY(RawField, in, "in", YT_TEXT),
        YAML_KEY(RawField, min, "min", YT_QUANTITY),
        YAML_KEY(RawField, max, "max", YT_QUANTITY),
        YAML_KEY(RawField, max_length, "max length", YT_INT, .min = 1, .max = 1000000),
        YAML_KEY(RawField, computed, "computed", YT_EXPR),
};
static const YamlSchema field_schema = YAML_SCHEMA(RawField, "字段", "field", field_keys, .at = YAML_AT(RawField, at),
        .name = YAML_NAME_AT(RawField, name), .shorthand = "type", .init = field_init);

static const YamlKey rule_keys[] = {
        YAML_KEY(RawRule, name, "name", YT_NAME),
        YAML_KEY(RawRule, when, "when", YT_EXPR, .required = true),
        YAML_KEY(RawRule, say, "say", YT_TITLE, .required = true),
        YAML_KEY(RawRule, level, "level", YT_ENUM, .words = level_words, .required = true),
};
static const YamlSchema rule_schema = YAML_SCHEMA(RawRule, "规则", "rule", rule_keys, .at = YAML_AT(RawRule, at));

static const YamlKey valid_keys[] = {
        YAML_KEY(RawValid, from, "from", YT_NAME, .required = true),
        YAML_KEY(RawValid, to, "to", YT_NAME),
};
static const YamlSchema valid_schema = YAML_SCHEMA(RawValid, "有效期", "validity", valid_keys,
        .at = YAML_AT(RawValid, at));

static const YamlKey payee_keys[] = {
        YAML_KEY(RawPayee, name, "name", YT_NAME),
        YAML_KEY(RawPayee, account, "account", YT_NAME, .required = true),
        YAML_KEY(RawPayee, bank, "bank", YT_NAME, .required = true),
};
static const YamlSchema payee_schema =
        YAML_SCHEMA(RawPayee, "收款账户", "payee", payee_keys, .at = YAML_AT(RawPayee, at));

static const YamlKey move_keys[] = {
        YAML_KEY(RawMove, to, "to", YT_TEXTS, .required = true),
};
static const YamlSchema move_schema = YAML_SCHEMA(RawMove, "阶段变化", "move", move_keys, .at = YAML_AT(RawMove, at),
        .name = YAML_NAME_AT(RawMove, name), .any_name = true, .shorthand = "to");

static const YamlKey stages_keys[] = {
        YAML_KEY(RawStages, field, "field", YT_NAME, .required = true),
        YAML_KEY(RawStages, level, "level", YT_ENUM, .words = level_words),
        YAML_KEY(RawStages, moves, "moves", YT_MAP, .schema = &move_schema, .required = true, .min = 1, .max = 200),
};
static const YamlSchema stages_schema = YAML_SCHEMA(RawStages, "阶段", "stages", stages_keys,
        .at = YAML_AT(RawStages, at));

static const YamlKey warning_keys[] = {
        YAML_KEY(RawWarning, name, "name", YT_NAME, .required = true),
        YAML_KEY(RawWarning, due, "due", YT_NAME, .required = true),
        YAML_KEY(RawWarning, days, "days", YT_INT, .min = 0, .max = 3660),
        YAML_KEY(RawWarning, overdue, "overdue", YT_BOOL),
        YAML_KEY(RawWarning, when, "when", YT_EXPR),
        YAML_KEY(RawWarning, say, "say", YT_TITLE, .required = true),
};
static const YamlSchema warning_schema = YAML_SCHEMA(RawWarning, "预警", "warning", warning_keys,
        .at = YAML_AT(RawWarning, at));

static const YamlKey figure_keys[] = {
        YAML_KEY(RawFigure, from, "from", YT_EXPR, .required = true),
        YAML_KEY(RawFigure, title, "title", YT_TITLE),
        YAML_KEY(RawFigure, unit, "unit", YT_TEXT),
};
static const YamlSchema figure_schema = YAML_SCHEMA(RawFigure, "统计", "figure", figure_keys,
        .at = YAML_AT(RawFigure, at), .name = YAML_NAME_AT(RawFigure, name), .shorthand = "from");

static const YamlKey register_keys[] = {
        YAML_KEY(RawRegister, name, "register", YT_NAME, .required = true),
        YAML_KEY(RawRegister, title, "title", YT_TITLE),
        YAML_KEY(RawRegister, key, "key", YT_NAMES),
        YAML_KEY(RawRegister, place, "place", YT_NAME),
        YAML_KEY(RawRegister, label, "label", YT_NAME),
        YAML_KEY(RawRegister, parent, "parent", YT_NAME),
        YAML_KEY(RawRegister, period, "period", YT_ENUM, .words = period_words,
                 .has = YAML_HAS(RawRegister, has_period)),
        YAML_KEY(RawRegister, list, "list", YT_NAME),
        YAML_KEY(RawRegister, valid, "valid", YT_OBJECT, .schema = &valid_schema),
        YAML_KEY(RawRegister, payee, "payee", YT_OBJECT, .schema = &payee_schema),
        YAML_KEY(RawRegister, fields, "fields", YT_MAP, .schema = &field_schema, .required = true, .min = 1,
                 .max = 500),
        YAML_KEY(RawRegister, rules, "rules", YT_LIST, .schema = &rule_schema, .max = 1000),
        YAML_KEY(RawRegister, stages, "stages", YT_OBJECT, .schema = &stages_schema),
        YAML_KEY(RawRegister, warnings, "warnings", YT_LIST, .schema = &warning_schema, .max = 50),
        YAML_KEY(RawRegister, figures, "figures", YT_MAP, .schema = &figure_schema, .max = 100),
};
static const YamlSchema register_schema = YAML_SCHEMA(RawRegister, "库", "register", register_keys,
        .at = YAML_AT(RawRegister, at));

static const char *const rollup_words[] = { "sum", "mean", "max", "min", "none", NULL };
static const char *const direction_words[] = { "higher", "lower", "neutral", NULL };
static const char *const missing_words[] = { "unknown", "skip", "zero", NULL };
static const char *const ties_words[] = { "min", "dense", "average", NULL };
static const char *const rank_missing_words[] = { "last", "excluded", "unknown", NULL };
static const char *const not_reported_words[] = { "counts as last", "extends", "breaks", NULL };

static const char *const backfilled_words[] = { "reported", "not reported", NULL };

static const YamlKey rank_keys[] = {
        YAML_KEY(RawRank, among, "among", YT_NAME, .required = true),
        YAML_KEY(RawRank, ties, "ties", YT_ENUM, .words = ties_words),
        YAML_KEY(RawRank, missing, "missing", YT_ENUM, .words = rank_missing_words),
};
static const YamlSchema rank_schema = YAML_SCHEMA(RawRank, "排名", "ranking", rank_keys, .at = YAML_AT(RawRank, at),
        .shorthand = "among");

static const YamlKey alert_keys[] = {
        YAML_KEY(RawAlert, name, "name", YT_NAME),
        YAML_KEY(RawAlert, bottom, "bottom", YT_INT, .required = true, .min = 1, .max = 10000),
        YAML_KEY(RawAlert, periods, "periods", YT_INT, .required = true, .min = 1, .max = 1000),
        YAML_KEY(RawAlert, say, "say", YT_TITLE, .required = true),
        YAML_KEY(RawAlert, action, "action", YT_TITLE),
        YAML_KEY(RawAlert, resets_when, "resets_when", YT_TEXT),
        YAML_KEY(RawAlert, not_reported, "not reported", YT_ENUM, .words = not_reported_words),
        YAML_KEY(RawAlert, published, "published only", YT_BOOL),
        YAML_KEY(RawAlert, backfilled, "back-filled", YT_ENUM, .words = backfilled_words),
        YAML_KEY(RawAlert, ladder, "ladder", YT_NAME),
};
static const YamlSchema alert_schema = YAML_SCHEMA(RawAlert, "预警", "alert", alert_keys, .at = YAML_AT(RawAlert, at));

static const char *const take_words[] = { "average", "year to date", "single", "growth", "record", NULL };

static const YamlKey indicator_keys[] = {
        YAML_KEY(RawIndicator, name, "indicator", YT_NAME, .required = true),
        YAML_KEY(RawIndicator, title, "title", YT_TITLE),
        YAML_KEY(RawIndicator, also, "also", YT_TEXTS),
        YAML_KEY(RawIndicator, unit, "unit", YT_TEXT),
        YAML_KEY(RawIndicator, in, "in", YT_TEXT),
        YAML_KEY(RawIndicator, source, "source", YT_EXPR),
        YAML_KEY(RawIndicator, formula, "formula", YT_EXPR),
        YAML_KEY(RawIndicator, of, "of", YT_NAME),
        YAML_KEY(RawIndicator, take, "take", YT_ENUM, .words = take_words, .has = YAML_HAS(RawIndicator, has_take)),
        YAML_KEY(RawIndicator, periods, "periods", YT_INT, .min = 2, .max = 120),
        YAML_KEY(RawIndicator, rollup, "rollup", YT_ENUM, .words = rollup_words,
                 .has = YAML_HAS(RawIndicator, has_rollup)),
        YAML_KEY(RawIndicator, direction, "direction", YT_ENUM, .words = direction_words),
        YAML_KEY(RawIndicator, missing, "missing", YT_ENUM, .words = missing_words,
                 .has = YAML_HAS(RawIndicator, has_missing)),
        YAML_KEY(RawIndicator, frequency, "frequency", YT_ENUM, .words = period_words,
                 .has = YAML_HAS(RawIndicator, has_frequency)),
        YAML_KEY(RawIndicator, cumulative, "cumulative", YT_BOOL),
        YAML_KEY(RawIndicator, scale, "scale", YT_INT, .min = 0, .max = 12, .has = YAML_HAS(RawIndicator, has_scale)),
        YAML_KEY(RawIndicator, decimals, "decimals", YT_INT, .min = 0, .max = 12,
                 .has = YAML_HAS(RawIndicator, has_decimals)),
        YAML_KEY(RawIndicator, min, "min", YT_QUANTITY),
        YAML_KEY(RawIndicator, max, "max", YT_QUANTITY),
        YAML_KEY(RawIndicator, rank, "rank", YT_OBJECT, .schema = &rank_schema),
        YAML_KEY(RawIndicator, alerts, "alert", YT_LIST, .schema = &alert_schema, .max = 100),
};
static void indicator_init(void *object)
{
        ((RawIndicator *)object)->direction = PACK_NEUTRAL;
}
static const YamlSchema indicator_schema = YAML_SCHEMA(RawIndicator, "指标", "indicator", indicator_keys,
        .at = YAML_AT(RawIndicator, at), .init = indicator_init);

static const YamlKey item_keys[] = {
        YAML_KEY(RawItem, indicator, "indicator", YT_NAME, .required = true),
        YAML_KEY(RawItem, required, "required", YT_BOOL),
        YAML_KEY(RawItem, jump, "jump", YT_QUANTITY),
        YAML_KEY(RawItem, jump_year, "jump year", YT_QUANTITY),
        YAML_KEY(RawItem, outlier, "outlier", YT_QUANTITY),
};
static const YamlSchema item_schema = YAML_SCHEMA(RawItem, "报表指标", "form item", item_keys,
        .at = YAML_AT(RawItem, at), .shorthand = "indicator");

static const YamlKey form_keys[] = {
        YAML_KEY(RawForm, name, "form", YT_NAME, .required = true),
        YAML_KEY(RawForm, title, "title", YT_TITLE),
        YAML_KEY(RawForm, units, "for", YT_NAME, .required = true),
        YAML_KEY(RawForm, frequency, "frequency", YT_ENUM, .words = period_words, .required = true),
        YAML_KEY(RawForm, first, "first", YT_PERIOD, .has = YAML_HAS(RawForm, has_first)),
        YAML_KEY(RawForm, opens, "opens", YT_QUANTITY),
        YAML_KEY(RawForm, due, "due", YT_QUANTITY),
        YAML_KEY(RawForm, sign, "sign", YT_BOOL),
        YAML_KEY(RawForm, items, "indicators", YT_LIST, .schema = &item_schema, .required = true, .min = 1, .max = 500),
        YAML_KEY(RawForm, checks, "checks", YT_LIST, .schema = &rule_schema, .max = 1000),
};
static const YamlSchema form_schema = YAML_SCHEMA(RawForm, "报表", "form", form_keys, .at = YAML_AT(RawForm, at));

static const YamlKey step_keys[] = {
        YAML_KEY(RawStep, name, "step", YT_NAME, .required = true),
        YAML_KEY(RawStep, title, "title", YT_TITLE),
        YAML_KEY(RawStep, when, "when", YT_EXPR, .required = true),
        YAML_KEY(RawStep, points, "points", YT_DECIMAL, .has = YAML_HAS(RawStep, has_points)),
        YAML_KEY(RawStep, document, "document", YT_NAME),
};
static const YamlSchema step_schema = YAML_SCHEMA(RawStep, "阶梯的一级", "step", step_keys, .at = YAML_AT(RawStep, at));
static const YamlKey ladder_keys[] = {
        YAML_KEY(RawLadder, name, "ladder", YT_NAME, .required = true),
        YAML_KEY(RawLadder, title, "title", YT_TITLE),
        YAML_KEY(RawLadder, steps, "steps", YT_LIST, .schema = &step_schema, .required = true, .min = 1, .max = 20),
        YAML_KEY(RawLadder, reset, "reset", YT_EXPR),
};
static const YamlSchema ladder_schema = YAML_SCHEMA(RawLadder, "阶梯", "ladder", ladder_keys,
        .at = YAML_AT(RawLadder, at));

static const char *const colour_words[] = { "green", "yellow", "red", NULL };
static const YamlKey light_rule_keys[] = {
        YAML_KEY(RawLightRule, colour, "light", YT_ENUM, .words = colour_words, .required = true),
        YAML_KEY(RawLightRule, when, "when", YT_EXPR, .required = true),
        YAML_KEY(RawLightRule, say, "say", YT_TITLE),
};
static const YamlSchema light_rule_schema = YAML_SCHEMA(RawLightRule, "亮灯规则", "rule of a light", light_rule_keys,
        .at = YAML_AT(RawLightRule, at));
static const YamlKey lights_keys[] = {
        YAML_KEY(RawLights, name, "lights", YT_NAME, .required = true),
        YAML_KEY(RawLights, title, "title", YT_TITLE),
        YAML_KEY(RawLights, rules, "rules", YT_LIST, .schema = &light_rule_schema, .required = true, .min = 1,
                 .max = 50),
        YAML_KEY(RawLights, ladder, "ladder", YT_NAME),
};
static const YamlSchema lights_schema = YAML_SCHEMA(RawLights, "亮灯", "lights", lights_keys,
        .at = YAML_AT(RawLights, at));

static const YamlKey method_keys[] = {
        YAML_KEY(RawMethod, name, "method", YT_NAME, .required = true),
        YAML_KEY(RawMethod, title, "title", YT_TITLE),
        YAML_KEY(RawMethod, points, "points", YT_EXPR, .required = true),
        YAML_KEY(RawMethod, missing, "missing", YT_EXPR),
};
static const YamlSchema method_schema = YAML_SCHEMA(RawMethod, "计分方法", "method", method_keys,
        .at = YAML_AT(RawMethod, at));

static const YamlKey claim_item_keys[] = {
        YAML_KEY(RawClaimItem, title, "title", YT_TITLE),
        YAML_KEY(RawClaimItem, points, "points", YT_DECIMAL),
        YAML_KEY(RawClaimItem, group, "group", YT_NAME),
};
static const YamlSchema claim_item_schema = YAML_SCHEMA(RawClaimItem, "加减分项", "item", claim_item_keys,
        .at = YAML_AT(RawClaimItem, at), .name = YAML_NAME_AT(RawClaimItem, name));
static const YamlKey claim_group_keys[] = {
        YAML_KEY(RawClaimGroup, title, "title", YT_TITLE),
        YAML_KEY(RawClaimGroup, highest_only, "highest only", YT_BOOL),
        YAML_KEY(RawClaimGroup, max, "max", YT_DECIMAL, .has = YAML_HAS(RawClaimGroup, has_max)),
};
static const YamlSchema claim_group_schema = YAML_SCHEMA(RawClaimGroup, "加减分组", "group", claim_group_keys,
        .at = YAML_AT(RawClaimGroup, at), .name = YAML_NAME_AT(RawClaimGroup, name));
static const YamlKey grade_keys[] = {
        YAML_KEY(RawGrade, name, "grade", YT_NAME, .required = true),
        YAML_KEY(RawGrade, title, "title", YT_TITLE),
        YAML_KEY(RawGrade, when, "when", YT_EXPR),
};
static const YamlSchema grade_schema = YAML_SCHEMA(RawGrade, "等次", "grade", grade_keys, .at = YAML_AT(RawGrade, at));
static const YamlKey assess_line_keys[] = {
        YAML_KEY(RawAssessLine, title, "title", YT_TITLE),
        YAML_KEY(RawAssessLine, indicator, "indicator", YT_NAME),
        YAML_KEY(RawAssessLine, value, "value", YT_EXPR),
        YAML_KEY(RawAssessLine, target, "target", YT_DECIMAL, .has = YAML_HAS(RawAssessLine, has_target)),
        YAML_KEY(RawAssessLine, weight, "weight", YT_DECIMAL, .required = true),
        YAML_KEY(RawAssessLine, method, "method", YT_NAME),
};
static const YamlSchema assess_line_schema = YAML_SCHEMA(RawAssessLine, "考核指标", "line", assess_line_keys,
        .at = YAML_AT(RawAssessLine, at), .name = YAML_NAME_AT(RawAssessLine, name));
static const YamlKey assessment_keys[] = {
        YAML_KEY(RawAssessment, name, "assessment", YT_NAME, .required = true),
        YAML_KEY(RawAssessment, title, "title", YT_TITLE),
        YAML_KEY(RawAssessment, whose, "for", YT_NAME, .required = true),
        YAML_KEY(RawAssessment, where, "where", YT_EXPR),
        YAML_KEY(RawAssessment, letters, "letters", YT_BOOL),
        YAML_KEY(RawAssessment, lights, "lights", YT_NAME),
        YAML_KEY(RawAssessment, method, "method", YT_NAME, .required = true),
        YAML_KEY(RawAssessment, weights, "weights", YT_DECIMAL, .has = YAML_HAS(RawAssessment, has_weights)),
        YAML_KEY(RawAssessment, lines, "lines", YT_MAP, .schema = &assess_line_schema, .max = 200),
        YAML_KEY(RawAssessment, bonus, "bonus", YT_MAP, .schema = &claim_item_schema, .max = 200),
        YAML_KEY(RawAssessment, deductions, "deductions", YT_MAP, .schema = &claim_item_schema, .max = 200),
        YAML_KEY(RawAssessment, vetoes, "vetoes", YT_MAP, .schema = &claim_item_schema, .max = 200),
        YAML_KEY(RawAssessment, groups, "groups", YT_MAP, .schema = &claim_group_schema, .max = 50),
        YAML_KEY(RawAssessment, total, "total", YT_EXPR),
        YAML_KEY(RawAssessment, decimals, "decimals", YT_INT, .min = 0, .max = 12,
                 .has = YAML_HAS(RawAssessment, has_decimals)),
        YAML_KEY(RawAssessment, grades, "grades", YT_LIST, .schema = &grade_schema, .max = 20),
};
static void assessment_init(void *object)
{
        ((RawAssessment *)object)->letters = true;
}
static const YamlSchema assessment_schema = YAML_SCHEMA(RawAssessment, "考核", "assessment", assessment_keys,
        .at = YAML_AT(RawAssessment, at), .init = assessment_init);

static const YamlKey basis_keys[] = {
        YAML_KEY(RawBasis, document, "document", YT_TEXT, .required = true),
        YAML_KEY(RawBasis, number, "number", YT_TEXT),
        YAML_KEY(RawBasis, clause, "clause", YT_TEXT),
        YAML_KEY(RawBasis, published, "published", YT_TEXT),
};
static const YamlSchema basis_schema = YAML_SCHEMA(RawBasis, "依据", "basis", basis_keys, .at = YAML_AT(RawBasis, at));

static const char *const by_words[] = { "assessment year", "application day", "renewal", NULL };
static const YamlKey effective_keys[] = {
        YAML_KEY(RawEffective, from, "from", YT_DATE, .required = true),
        YAML_KEY(RawEffective, to, "to", YT_DATE),
        YAML_KEY(RawEffective, by, "by", YT_ENUM, .words = by_words),
        YAML_KEY(RawEffective, day, "day", YT_NAME),
};
static const YamlSchema effective_schema = YAML_SCHEMA(RawEffective, "施行期", "effective period", effective_keys,
        .at = YAML_AT(RawEffective, at));

static const YamlKey input_keys[] = {
        YAML_KEY(RawInput, from, "from", YT_EXPR, .required = true),
        YAML_KEY(RawInput, title, "title", YT_TITLE),
        YAML_KEY(RawInput, unit, "unit", YT_TEXT),
        YAML_KEY(RawInput, otherwise, "otherwise", YT_EXPR),
};
static const YamlSchema input_schema = YAML_SCHEMA(RawInput, "输入", "input", input_keys, .at = YAML_AT(RawInput, at),
        .name = YAML_NAME_AT(RawInput, name), .shorthand = "from");

static const YamlKey parameter_value_keys[] = {
        YAML_KEY(RawParameterValue, from, "from", YT_DATE),
        YAML_KEY(RawParameterValue, to, "to", YT_DATE),
        YAML_KEY(RawParameterValue, value, "value", YT_QUANTITY, .required = true),
        YAML_KEY(RawParameterValue, source, "source", YT_TEXT, .required = true),
};
static const YamlSchema parameter_value_schema = YAML_SCHEMA(RawParameterValue, "参数的版本", "version of a parameter",
        parameter_value_keys, .at = YAML_AT(RawParameterValue, at));
static const YamlKey choice_keys[] = {
        YAML_KEY(RawChoice, value, "value", YT_QUANTITY, .required = true),
        YAML_KEY(RawChoice, title, "title", YT_TITLE),
        YAML_KEY(RawChoice, clause, "clause", YT_TEXT),
};
static const YamlSchema choice_schema = YAML_SCHEMA(RawChoice, "选项", "choice", choice_keys,
        .at = YAML_AT(RawChoice, at), .name = YAML_NAME_AT(RawChoice, name), .shorthand = "value");
static const YamlKey parameter_keys[] = {
        YAML_KEY(RawParameter, value, "value", YT_QUANTITY),
        YAML_KEY(RawParameter, values, "values", YT_LIST, .schema = &parameter_value_schema, .min = 1, .max = 100),
        YAML_KEY(RawParameter, least, "least", YT_QUANTITY),
        YAML_KEY(RawParameter, most, "most", YT_QUANTITY),
        YAML_KEY(RawParameter, choices, "choices", YT_MAP, .schema = &choice_schema, .min = 2, .max = 20),
        YAML_KEY(RawParameter, chosen, "chosen", YT_NAME),
        YAML_KEY(RawParameter, title, "title", YT_TITLE),
        YAML_KEY(RawParameter, clause, "clause", YT_TEXT),
};
static const YamlSchema parameter_schema = YAML_SCHEMA(RawParameter, "参数", "parameter", parameter_keys,
        .at = YAML_AT(RawParameter, at), .name = YAML_NAME_AT(RawParameter, name), .shorthand = "value");

static const YamlKey block_keys[] = {
        YAML_KEY(RawBlock, from, "from", YT_EXPR, .required = true),
        YAML_KEY(RawBlock, say, "say", YT_TITLE, .required = true),
        YAML_KEY(RawBlock, clause, "clause", YT_TEXT),
        YAML_KEY(RawBlock, otherwise, "otherwise", YT_EXPR),
};
static const YamlSchema block_schema = YAML_SCHEMA(RawBlock, "排除条件", "block", block_keys,
                                                   .at = YAML_AT(RawBlock, at), .name = YAML_NAME_AT(RawBlock, name));

static const char *const adjust_words[] = { "times", "plus", "points", NULL };
static const YamlKey adjust_keys[] = {
        YAML_KEY(RawAdjust, from, "from", YT_EXPR, .required = true),
        YAML_KEY(RawAdjust, otherwise, "otherwise", YT_EXPR),
        YAML_KEY(RawAdjust, say, "say", YT_TITLE, .required = true),
        YAML_KEY(RawAdjust, clause, "clause", YT_TEXT),
        YAML_KEY(RawAdjust, by, "by", YT_ENUM, .words = adjust_words, .required = true),
        YAML_KEY(RawAdjust, figure, "figure", YT_QUANTITY),
        YAML_KEY(RawAdjust, parameter, "parameter", YT_NAME),
        YAML_KEY(RawAdjust, of, "of", YT_TEXT),
        YAML_KEY(RawAdjust, most, "most", YT_QUANTITY),
        YAML_KEY(RawAdjust, group, "group", YT_NAME),
};
static const YamlSchema adjust_schema = YAML_SCHEMA(RawAdjust, "调整", "adjustment", adjust_keys,
        .at = YAML_AT(RawAdjust, at), .name = YAML_NAME_AT(RawAdjust, name));

static const char *const order_words[] = { "highest", "lowest", NULL };
static const char *const quota_tie_words[] = { "all", "none", "by key", NULL };
static const YamlKey quota_keys[] = {
        YAML_KEY(RawQuota, places, "places", YT_INT, .required = true, .min = 1, .max = 1000000),
        YAML_KEY(RawQuota, by, "by", YT_NAME),
        YAML_KEY(RawQuota, order, "order", YT_ENUM, .words = order_words),
        YAML_KEY(RawQuota, ties, "ties", YT_ENUM, .words = quota_tie_words),
        YAML_KEY(RawQuota, within, "within", YT_NAME),
};
static const YamlSchema quota_schema = YAML_SCHEMA(RawQuota, "名额", "quota", quota_keys, .at = YAML_AT(RawQuota, at));

static const YamlKey together_keys[] = {
        YAML_KEY(RawTogether, set, "set", YT_NAME, .required = true),
        YAML_KEY(RawTogether, most, "most", YT_QUANTITY, .required = true),
};
static const YamlSchema together_schema = YAML_SCHEMA(RawTogether, "可叠加组", "set of combinable policies",
                                                      together_keys, .at = YAML_AT(RawTogether, at));

static const YamlKey keep_keys[] = {
        YAML_KEY(RawKeep, from, "from", YT_EXPR, .required = true),
        YAML_KEY(RawKeep, say, "say", YT_TITLE, .required = true),
        YAML_KEY(RawKeep, clause, "clause", YT_TEXT),
        YAML_KEY(RawKeep, years, "for", YT_QUANTITY, .required = true),
        YAML_KEY(RawKeep, back, "back", YT_QUANTITY),
};
static const YamlSchema keep_schema = YAML_SCHEMA(RawKeep, "保持条件", "condition to keep", keep_keys,
        .at = YAML_AT(RawKeep, at), .name = YAML_NAME_AT(RawKeep, name));

static const char *const round_to_words[] = { "分", "角", "元", "十元", "百元", "千元", "万元", NULL };
static const char *const round_mode_words[] = { "half even", "half up", "half down", "up", "down", NULL };
static const YamlKey round_keys[] = {
        YAML_KEY(RawRound, to, "to", YT_ENUM, .words = round_to_words, .required = true),
        YAML_KEY(RawRound, mode, "mode", YT_ENUM, .words = round_mode_words, .required = true),
};
static const YamlSchema round_schema =
        YAML_SCHEMA(RawRound, "舍入", "rounding", round_keys, .at = YAML_AT(RawRound, at));

static const char *const per_words[] = { "enterprise", "enterprise and year", "record", "loan", "project", NULL };
static const YamlKey cap_keys[] = {
        YAML_KEY(RawCap, per, "per", YT_ENUM, .words = per_words, .required = true),
        YAML_KEY(RawCap, amount, "amount", YT_QUANTITY),
        YAML_KEY(RawCap, parameter, "parameter", YT_NAME),
        YAML_KEY(RawCap, entry, "result", YT_TEXT),
};
static const YamlSchema cap_schema = YAML_SCHEMA(RawCap, "封顶", "cap", cap_keys, .at = YAML_AT(RawCap, at));

static const char *const when_over_words[] = { "pro rata", "by rank", "first come", NULL };
static const YamlKey budget_keys[] = {
        YAML_KEY(RawBudget, amount, "amount", YT_QUANTITY),
        YAML_KEY(RawBudget, parameter, "parameter", YT_NAME),
        YAML_KEY(RawBudget, when_over, "when over", YT_ENUM, .words = when_over_words, .required = true),
};
static const YamlSchema budget_schema = YAML_SCHEMA(RawBudget, "预算", "budget", budget_keys,
        .at = YAML_AT(RawBudget, at));

static const YamlKey share_keys[] = {
        YAML_KEY(RawShare, share, "share", YT_QUANTITY, .required = true),
};
static const YamlSchema share_schema = YAML_SCHEMA(RawShare, "分担", "share", share_keys, .at = YAML_AT(RawShare, at),
        .name = YAML_NAME_AT(RawShare, level), .shorthand = "share");

static const char *const gives_words[] = { "payment", "estimate", "recognition", NULL };
static const char *const mode_words[] = { "automatic", "application", NULL };
static const YamlKey policy_keys[] = {
        YAML_KEY(RawPolicy, name, "policy", YT_NAME, .required = true),
        YAML_KEY(RawPolicy, title, "title", YT_TITLE),
        YAML_KEY(RawPolicy, basis, "basis", YT_OBJECT, .schema = &basis_schema, .required = true),
        YAML_KEY(RawPolicy, effective, "effective", YT_OBJECT, .schema = &effective_schema, .required = true),
        YAML_KEY(RawPolicy, beneficiary, "for", YT_NAME, .required = true),
        YAML_KEY(RawPolicy, owner, "firm", YT_NAME),
        YAML_KEY(RawPolicy, supersedes, "supersedes", YT_NAME),
        YAML_KEY(RawPolicy, inputs, "inputs", YT_MAP, .schema = &input_schema, .required = true, .min = 1, .max = 200),
        YAML_KEY(RawPolicy, parameters, "parameters", YT_MAP, .schema = &parameter_schema, .max = 200),
        YAML_KEY(RawPolicy, model, "model", YT_TEXT),
        YAML_KEY(RawPolicy, decision, "decision", YT_TEXT, .required = true),
        YAML_KEY(RawPolicy, gives, "gives", YT_ENUM, .words = gives_words),
        YAML_KEY(RawPolicy, amount, "amount", YT_TEXT),
        YAML_KEY(RawPolicy, holds, "holds", YT_TEXT),
        YAML_KEY(RawPolicy, reason, "reason", YT_TITLE),
        YAML_KEY(RawPolicy, round, "round", YT_OBJECT, .schema = &round_schema),
        YAML_KEY(RawPolicy, floor, "floor", YT_QUANTITY),
        YAML_KEY(RawPolicy, caps, "cap", YT_LIST, .schema = &cap_schema, .max = 20),
        YAML_KEY(RawPolicy, exclusive, "exclusive", YT_NAMES, .max = 10),
        YAML_KEY(RawPolicy, together, "together", YT_OBJECT, .schema = &together_schema),
        YAML_KEY(RawPolicy, quota, "quota", YT_OBJECT, .schema = &quota_schema),
        YAML_KEY(RawPolicy, blocks, "blocks", YT_MAP, .schema = &block_schema, .max = 20),
        YAML_KEY(RawPolicy, adjusts, "adjust", YT_MAP, .schema = &adjust_schema, .max = 20),
        YAML_KEY(RawPolicy, keeps, "keep", YT_MAP, .schema = &keep_schema, .max = 20),
        YAML_KEY(RawPolicy, budget, "budget", YT_OBJECT, .schema = &budget_schema),
        YAML_KEY(RawPolicy, shares, "share", YT_MAP, .schema = &share_schema, .max = 20),
        YAML_KEY(RawPolicy, mode, "mode", YT_ENUM, .words = mode_words),
        YAML_KEY(RawPolicy, publish, "publish for", YT_QUANTITY),
};
static const YamlSchema policy_schema = YAML_SCHEMA(RawPolicy, "政策", "policy", policy_keys,
        .at = YAML_AT(RawPolicy, at));

static const YamlKey head_keys[] = {
        YAML_KEY(RawHead, text, "text", YT_TEXT, .required = true),
};
static const YamlSchema head_schema = YAML_SCHEMA(RawHead, "文头", "head", head_keys, .at = YAML_AT(RawHead, at),
        .name = YAML_NAME_AT(RawHead, key), .shorthand = "text");

static const YamlKey document_keys[] = {
        YAML_KEY(RawDocument, name, "document", YT_NAME, .required = true),
        YAML_KEY(RawDocument, title, "title", YT_TITLE),
        YAML_KEY(RawDocument, period, "period", YT_ENUM, .words = period_words,
                 .has = YAML_HAS(RawDocument, has_period)),
        YAML_KEY(RawDocument, key, "key", YT_NAME),
        YAML_KEY(RawDocument, head, "head", YT_MAP, .schema = &head_schema, .max = 100),
};
const YamlSchema pack_document_schema = YAML_SCHEMA(RawDocument, "文书", "document", document_keys,
        .at = YAML_AT(RawDocument, at));

static const char *const reach_words[] = { "subtree", "record", NULL };
static const YamlKey role_keys[] = {
        YAML_KEY(RawRole, name, "role", YT_NAME, .required = true),
        YAML_KEY(RawRole, title, "title", YT_TITLE),
        YAML_KEY(RawRole, reach, "reach", YT_ENUM, .words = reach_words),
        YAML_KEY(RawRole, reg, "register", YT_NAME),
        YAML_KEY(RawRole, may, "may", YT_TEXTS, .required = true),
        YAML_KEY(RawRole, personal, "personal", YT_BOOL),
};
static const YamlSchema role_schema = YAML_SCHEMA(RawRole, "角色", "role", role_keys, .at = YAML_AT(RawRole, at));

static const YamlKey roles_keys[] = {
        YAML_KEY(RawRoles, roles, "roles", YT_LIST, .schema = &role_schema, .required = true, .min = 1, .max = 100),
};
static const YamlSchema roles_schema =
        YAML_SCHEMA(RawRoles, "角色表", "roles", roles_keys, .at = YAML_AT(RawRoles, at));

static const YamlKey text_keys[] = {
        YAML_KEY(RawText, text, "text", YT_TEXT, .required = true),
};
static const YamlSchema text_schema = YAML_SCHEMA(RawText, "译文", "text", text_keys, .at = YAML_AT(RawText, at),
        .name = YAML_NAME_AT(RawText, key), .any_name = true, .shorthand = "text");
static const YamlKey language_keys[] = {
        YAML_KEY(RawLanguage, language, "language", YT_TEXT, .required = true),
        YAML_KEY(RawLanguage, texts, "texts", YT_MAP, .schema = &text_schema, .required = true),
};
static const YamlSchema language_schema = YAML_SCHEMA(RawLanguage, "译文表", "texts", language_keys,
        .at = YAML_AT(RawLanguage, at));

static const YamlKey expect_keys[] = {
        YAML_KEY(RawExpect, amount, "amount", YT_QUANTITY, .has = YAML_HAS(RawExpect, has_amount)),
        YAML_KEY(RawExpect, holds, "holds", YT_BOOL, .has = YAML_HAS(RawExpect, has_holds)),
        YAML_KEY(RawExpect, least, "least", YT_QUANTITY),
        YAML_KEY(RawExpect, most, "most", YT_QUANTITY),
        YAML_KEY(RawExpect, reason, "reason", YT_TEXT),
        YAML_KEY(RawExpect, missing, "missing", YT_NAMES),
};
static const YamlSchema expect_schema = YAML_SCHEMA(RawExpect, "期望", "expectation", expect_keys,
        .at = YAML_AT(RawExpect, at), .shorthand = "amount");
static const YamlKey case_keys[] = {
        YAML_KEY(RawCase, name, "case", YT_TEXT, .required = true),
        YAML_KEY(RawCase, year, "year", YT_INT, .min = 1900, .max = 2999),
        YAML_KEY(RawCase, on, "on", YT_DATE),
        YAML_KEY(RawCase, given, "given", YT_NODE),
        YAML_KEY(RawCase, set, "set", YT_NODE),
        YAML_KEY(RawCase, expect, "expect", YT_OBJECT, .schema = &expect_schema, .required = true),
};
static const YamlSchema case_schema = YAML_SCHEMA(RawCase, "案例", "case", case_keys, .at = YAML_AT(RawCase, at));
static const YamlKey cases_keys[] = {
        YAML_KEY(RawCases, policy, "cases", YT_NAME, .required = true),
        YAML_KEY(RawCases, year, "year", YT_INT, .min = 1900, .max = 2999),
        YAML_KEY(RawCases, on, "on", YT_DATE),
        YAML_KEY(RawCases, given, "given", YT_NODE),
        YAML_KEY(RawCases, set, "set", YT_NODE),
        YAML_KEY(RawCases, each, "each", YT_LIST, .schema = &case_schema, .required = true, .min = 1, .max = 100000),
};
static const YamlSchema cases_schema =
        YAML_SCHEMA(RawCases, "案例组", "cases", cases_keys, .at = YAML_AT(RawCases, at));

static const YamlKey code_move_keys[] = {
        YAML_KEY(RawCodeMove, to, "to", YT_TEXT, .required = true),
};
static const YamlSchema code_move_schema = YAML_SCHEMA(RawCodeMove, "代码变化", "change of a code", code_move_keys,
        .at = YAML_AT(RawCodeMove, at), .name = YAML_NAME_AT(RawCodeMove, from), .any_name = true, .shorthand = "to");
static const YamlKey migration_step_keys[] = {
        YAML_KEY(RawMigrationStep, rename, "rename", YT_TEXT),
        YAML_KEY(RawMigrationStep, change, "change", YT_TEXT),
        YAML_KEY(RawMigrationStep, fill, "fill", YT_TEXT),
        YAML_KEY(RawMigrationStep, drop, "drop", YT_TEXT),
        YAML_KEY(RawMigrationStep, to, "to", YT_NAME),
        YAML_KEY(RawMigrationStep, from, "from", YT_EXPR),
        YAML_KEY(RawMigrationStep, may_be_empty, "may be empty", YT_BOOL),
        YAML_KEY(RawMigrationStep, codes, "codes", YT_MAP, .schema = &code_move_schema, .min = 1, .max = 10000),
};
static const YamlSchema migration_step_schema = YAML_SCHEMA(RawMigrationStep, "迁移步骤", "step of a migration",
        migration_step_keys, .at = YAML_AT(RawMigrationStep, at));
static const YamlKey migration_keys[] = {
        YAML_KEY(RawMigration, name, "migration", YT_NAME, .required = true),
        YAML_KEY(RawMigration, title, "title", YT_TITLE),
        YAML_KEY(RawMigration, steps, "steps", YT_LIST, .schema = &migration_step_schema, .required = true, .min = 1,
                 .max = 1000),
};
static const YamlSchema migration_schema = YAML_SCHEMA(RawMigration, "迁移", "migration", migration_keys,
        .at = YAML_AT(RawMigration, at));

const YamlDefinition pack_definitions[RAW_COUNT] = {
        [RAW_PACK] = { "pack", &pack_schema },
        [RAW_UNITS] = { "units", &units_schema },
        [RAW_CODES] = { "codes", &codes_schema },
        [RAW_REGISTER] = { "register", &register_schema },
        [RAW_INDICATOR] = { "indicator", &indicator_schema },
        [RAW_FORM] = { "form", &form_schema },
        [RAW_POLICY] = { "policy", &policy_schema },
        [RAW_ROLES] = { "roles", &roles_schema },
        [RAW_LANGUAGE] = { "language", &language_schema },
        [RAW_CASES] = { "cases", &cases_schema },
        [RAW_LADDER] = { "ladder", &ladder_schema },
        [RAW_LIGHTS] = { "lights", &lights_schema },
        [RAW_METHOD] = { "method", &method_schema },
        [RAW_ASSESSMENT] = { "assessment", &assessment_schema },
        [RAW_MIGRATION] = { "migration", &migration_schema },
};
