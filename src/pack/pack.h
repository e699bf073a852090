/* pack.h -- a city's definitions: loaded, linked, checked, immutable.
 *
 * A pack is a folder of definitions (YAML, DMN, Markdown, GeoJSON) that makes
 * the program a given city's: units, code lists, registers, indicators, forms,
 * policies, documents, roles.  docs/pack.md is the manual of the files; this
 * header is the manual of what they become.  The structs are in pack/def.h.
 *
 * Life of a pack
 *   read       files from a folder (pack_read_dir) or from a database that has
 *              kept them (store table pack_file): a list of PackFile;
 *   load       every YAML file against its schema: unknown and duplicate keys,
 *              wrong types, missing keys, all at once with file:line:col;
 *   link       names to things, defaults filled in, formulas put in order, every
 *              FEEL expression compiled in its scope, decision models loaded;
 *   check      (command `pack check`) the pack's own cases run (pack/check.h).
 * A pack that loads is whole: every pointer documented as "never NULL" is set.
 *
 *     Diag diag = DIAG_INIT(LANG_ZH);
 *     Pack *pack = NULL;
 *     if (pack_load("packs/city", &diag, &pack) != ST_OK)
 *             ... diag_print(&diag, &out);
 *     const PackRegister *reg = pack_register(pack, STR("enterprise"));
 *     pack_free(pack);
 *
 * Ownership: everything hangs on the Pack and dies with pack_free.  Immutable
 * after load, so any number of threads may read one Pack.
 *
 * Errors: ST_INVALID with the messages in diag (all problems of the stage);
 * ST_IO, ST_NOT_FOUND (no such folder or no pack.yaml), ST_LIMIT, ST_NOMEM.
 */
#ifndef KC_PACK_PACK_H
#define KC_PACK_PACK_H

#include "base/diag.h"
#include "pack/def.h"

/* One file of a pack: path relative to its folder, '/' between, content as it is. */
typedef struct PackFile {
        Str path;
        Str content;
} PackFile;

typedef struct PackLimits {
        size_t file_bytes;      /* one file; default 8 MiB */
        size_t total_bytes;     /* all of them; default 64 MiB */
        size_t files;           /* default 2,000 */
        size_t memory;          /* arena of the pack; default 512 MiB */
} PackLimits;
extern const PackLimits PACK_LIMITS_DEFAULT;

/* Reads the folder: names that begin with '.' and files the pack does not know
 * by their place are left out (the latter with a warning).  Sorted by path.
 * Everything returned lives in the arena. */
Status pack_read_dir(Arena *arena, const char *dir, const PackLimits *limits, Diag *diag,
                     PackFile **ret_files, size_t *ret_count) FALLIBLE;

/* limits NULL: the default. */
Status pack_load(const char *dir, Diag *diag, Pack **ret) FALLIBLE;
Status pack_load_files(const PackFile *files, size_t count, const PackLimits *limits, Diag *diag, Pack **ret) FALLIBLE;
void pack_free(Pack *pack);
DEFINE_CLEANUP(Pack *, pack_free)
#define _cleanup_pack_ _cleanup_(pack_freep)

/* The files this pack was loaded from, sorted by path: what `init` stores, byte
 * for byte, and what pack_load_files takes again. */
const PackFile *pack_files(const Pack *pack, size_t *ret_count);
/* Content of one file, e.g. "map.geojson"; ptr NULL when there is none. */
Str pack_file(const Pack *pack, Str path);

/* Another text in the place of a policy's model, with the pack's functions and imports.  keep_going: load what has
 * errors too, to be told by dmn_check.  The caller frees it before the pack. */
Status pack_policy_model(const Pack *pack, const PackPolicy *p, Str xml, bool keep_going, Diag *diag,
                         DmnModel **ret) FALLIBLE;
/* Has it the policy's decision, needs it only what the policy gives, and gives it what the policy reads?  ST_INVALID
 * with every difference. */
Status pack_policy_model_fits(const PackPolicy *p, const DmnModel *m, Diag *diag) FALLIBLE;

/* Look-ups by name or code.  NULL: not there. */
const PackRegister *pack_register(const Pack *pack, Str name);
const PackField *pack_field(const PackRegister *reg, Str name);
const PackIndicator *pack_indicator(const Pack *pack, Str name);
const PackForm *pack_form(const Pack *pack, Str name);
const PackLadder *pack_ladder(const Pack *pack, Str name);
const PackLights *pack_lights(const Pack *pack, Str name);
const PackMethod *pack_method(const Pack *pack, Str name);
const PackAssessment *pack_assessment(const Pack *pack, Str name);
/* The first assessment whose letters units of the kind sign; NULL: none. */
const PackAssessment *pack_assessment_of(const Pack *pack, const PackUnitKind *kind);
const PackPolicy *pack_policy(const Pack *pack, Str name);
const PackDocument *pack_document(const Pack *pack, Str name);
const PackCodeList *pack_code_list(const Pack *pack, Str name);
const PackCode *pack_code(const PackCodeList *list, Str code);
const PackRole *pack_role(const Pack *pack, Str name);

/* Text of a sheet to an entry of the list: its code, its titles, its synonyms
 * (`also`), blanks around ignored.  NULL: no entry, or more than one. */
const PackCode *pack_code_match(const PackCodeList *list, Str text);
/* Header text of a sheet to a field: its name, titles, synonyms, without blanks
 * and without a unit in brackets: "营业收入（万元）" finds revenue.  *ret_unit (may
 * be NULL) gets the text in the brackets, or none.  NULL: no field. */
const PackField *pack_field_match(const PackRegister *reg, Str header, Str *ret_unit);
/* The same for the columns of a form. */
const PackFormItem *pack_form_match(const PackForm *form, Str header, Str *ret_unit);

/* Units.  A date picks among units that split or merged; DATE_NONE takes any. */
#define DATE_NONE ((Date){ 0 })
const PackUnit *pack_unit(const Pack *pack, Str code);
/* By code, name, title or alias, exactly (blanks ignored).  ST_NOT_FOUND;
 * ST_CONFLICT when several fit.  kind NULL: of any kind. */
Status pack_unit_match(const Pack *pack, Str text, const PackUnitKind *kind, Date on, const PackUnit **ret) FALLIBLE;
/* The unit of a kind that an address lies in: 中华人民共和国广东省深圳市罗湖区…
 * read from its beginning, the names in it agreeing with the tree, so that
 * 上海市…定西路 is in 上海.  ST_NOT_FOUND, ST_CONFLICT (several fit). */
Status pack_unit_from_address(const Pack *pack, Str address, const PackUnitKind *kind, Date on,
                              const PackUnit **ret) FALLIBLE;
/* unit is top, or below it. */
bool pack_unit_within(const PackUnit *unit, const PackUnit *top);
/* The nearest unit of the kind at or above unit, or NULL. */
const PackUnit *pack_unit_up(const PackUnit *unit, const PackUnitKind *kind);
/* All units of the kind at or below top (NULL: of the whole pack) that exist on
 * the day, in the pack's order, into out (room for max); returns how many there are. */
size_t pack_units_of(const Pack *pack, const PackUnitKind *kind, const PackUnit *top, Date on,
                     const PackUnit **out, size_t max);
const PackUnitKind *pack_unit_kind(const Pack *pack, Str name);
bool pack_unit_exists_on(const PackUnit *unit, Date on);

/* The role may do the operation: one of its patterns fits ("*", "read", "policy.*"). */
bool pack_role_may(const PackRole *role, Str right);

static inline Str pack_title(PackTitle t, Lang lang) { return lang == LANG_EN && t.en.len ? t.en : t.zh; }

/* A short text of the pack that is no title (a measure: 元, 家) in the language: its English stands in
 * i18n/en.yaml; without one it is itself. */
Str pack_text(const Pack *pack, Str zh, Lang lang);

#endif
