#include "feel/feel_int.h"
#include "feel/program.h"

#define SIMPLE(NAME, KIND, TEXT) \
        const FeelType FEEL_TYPE_##NAME##_ = { .kind = FEEL_T_##KIND, .name = { TEXT, sizeof(TEXT) - 1 } }
SIMPLE(ANY, ANY, "Any");
SIMPLE(NULL, NULL, "Null");
SIMPLE(BOOLEAN, BOOLEAN, "boolean");
SIMPLE(NUMBER, NUMBER, "number");
SIMPLE(STRING, STRING, "string");
SIMPLE(DATE, DATE, "date");
SIMPLE(TIME, TIME, "time");
SIMPLE(DATE_TIME, DATE_TIME, "date and time");
SIMPLE(DAYS_DURATION, DAYS_DURATION, "days and time duration");
SIMPLE(MONTHS_DURATION, MONTHS_DURATION, "years and months duration");
const FeelType FEEL_TYPE_LIST_ = { .kind = FEEL_T_LIST, .element = &FEEL_TYPE_ANY_ };
const FeelType FEEL_TYPE_RANGE_ = { .kind = FEEL_T_RANGE, .element = &FEEL_TYPE_ANY_ };
const FeelType FEEL_TYPE_CONTEXT_ = { .kind = FEEL_T_CONTEXT, .name = { "context", 7 }, .open = true };
const FeelType FEEL_TYPE_FUNCTION_ = { .kind = FEEL_T_FUNCTION, .name = { "function", 8 }, .open = true };

/* Types are as deep as a text or a model makes them; cyclic ones end here. */
#define TYPE_DEPTH 100

static const FeelType *make(Arena *a, FeelTypeKind kind, const FeelType *element, const FeelField *fields, size_t n)
{
        FeelType *t = arena_new_of(a, FeelType);
        FeelField *copy = n ? arena_array_of(a, FeelField, n) : NULL;
        if (!t || (n && !copy))
                return NULL;
        if (n)
                memcpy(copy, fields, n * sizeof(*fields));
        for (size_t i = 0; i < n; i++)
                if (!copy[i].type)
                        copy[i].type = FEEL_TYPE_ANY;
        *t = (FeelType){ .kind = kind, .element = element, .fields = copy, .field_count = n };
        return t;
}

const FeelType *feel_type_list(Arena *a, const FeelType *element)
{
        return element && element->kind != FEEL_T_ANY ? make(a, FEEL_T_LIST, element, NULL, 0) : FEEL_TYPE_LIST;
}

const FeelType *feel_type_range(Arena *a, const FeelType *element)
{
        return element && element->kind != FEEL_T_ANY ? make(a, FEEL_T_RANGE, element, NULL, 0) : FEEL_TYPE_RANGE;
}

const FeelType *feel_type_context(Arena *a, const FeelField *fields, size_t count)
{
        return make(a, FEEL_T_CONTEXT, NULL, fields, count);
}

const FeelType *feel_type_function(Arena *a, const FeelField *params, size_t count, const FeelType *result)
{
        return make(a, FEEL_T_FUNCTION, result ? result : FEEL_TYPE_ANY, params, count);
}

const FeelType *feel_type_builtin(Str name)
{
        static const struct {
                const char *name;
                const FeelType *type;
        } table[] = {
                { "Any", FEEL_TYPE_ANY },
                { "any", FEEL_TYPE_ANY },
                { "Null", FEEL_TYPE_NULL },
                { "null", FEEL_TYPE_NULL },
                { "boolean", FEEL_TYPE_BOOLEAN },
                { "number", FEEL_TYPE_NUMBER },
                { "string", FEEL_TYPE_STRING },
                { "date", FEEL_TYPE_DATE },
                { "time", FEEL_TYPE_TIME },
                { "date and time", FEEL_TYPE_DATE_TIME },
                { "dateTime", FEEL_TYPE_DATE_TIME },
                { "days and time duration", FEEL_TYPE_DAYS_DURATION },
                { "dayTimeDuration", FEEL_TYPE_DAYS_DURATION },
                { "years and months duration", FEEL_TYPE_MONTHS_DURATION },
                { "yearMonthDuration", FEEL_TYPE_MONTHS_DURATION },
                { "list", FEEL_TYPE_LIST },
                { "context", FEEL_TYPE_CONTEXT },
                { "range", FEEL_TYPE_RANGE },
                { "function", FEEL_TYPE_FUNCTION },
        };
        for (size_t i = 0; i < ARRAY_LEN(table); i++)
                if (str_eq_c(name, table[i].name))
                        return table[i].type;
        return NULL;
}

static void put_type(const FeelType *t, Buf *out, int depth)
{
        if (depth > TYPE_DEPTH) {
                buf_puts(out, "…");
                return;
        }
        if (out->failed != ST_OK)
                return;         /* shared parts may make the text far longer than the type */
        switch (t->kind) {
        case FEEL_T_LIST:
        case FEEL_T_RANGE:
                buf_puts(out, t->kind == FEEL_T_LIST ? "list<" : "range<");
                put_type(t->element ? t->element : FEEL_TYPE_ANY, out, depth + 1);
                buf_putc(out, '>');
                break;
        case FEEL_T_CONTEXT:
        case FEEL_T_FUNCTION:
                if (t->open && t->field_count == 0) {
                        buf_put_str(out, t->name);
                        break;
                }
                if (t->kind == FEEL_T_CONTEXT && t->name.len && depth > 0) {
                        buf_put_str(out, t->name);
                        break;
                }
                buf_puts(out, t->kind == FEEL_T_CONTEXT ? "context<" : "function<");
                for (size_t i = 0; i < t->field_count; i++) {
                        if (i)
                                buf_puts(out, ", ");
                        if (t->kind == FEEL_T_CONTEXT) {
                                buf_put_str(out, t->fields[i].name);
                                buf_puts(out, ": ");
                        }
                        put_type(t->fields[i].type, out, depth + 1);
                }
                buf_putc(out, '>');
                if (t->kind == FEEL_T_FUNCTION) {
                        buf_puts(out, " -> ");
                        put_type(t->element ? t->element : FEEL_TYPE_ANY, out, depth + 1);
                }
                break;
        default:
                buf_put_str(out, t->name);
                break;
        }
}

void feel_type_to_text(const FeelType *t, Buf *out)
{
        put_type(t, out, 0);
}

/* ---------------------------------------------------------------- conformance */

static const FeelField *field(const FeelType *t, Str name, size_t hint)
{
        if (hint < t->field_count && str_eq(t->fields[hint].name, name))
                return &t->fields[hint];
        for (size_t i = 0; i < t->field_count; i++)
                if (str_eq(t->fields[i].name, name))
                        return &t->fields[i];
        return NULL;
}

/* Types may share their parts, and have very many: what takes longer to compare is taken to conform, as no error
 * can be shown in it. */
#define CONFORM_BUDGET 1000000u

static bool conforms(const FeelType *t, const FeelType *super, int depth, size_t *budget)
{
        if (t == super || super->kind == FEEL_T_ANY || t->kind == FEEL_T_NULL || depth > TYPE_DEPTH)
                return true;
        if (t->kind != super->kind)
                return false;
        const FeelType *t_element = t->element ? t->element : FEEL_TYPE_ANY;
        const FeelType *super_element = super->element ? super->element : FEEL_TYPE_ANY;
        switch (t->kind) {
        case FEEL_T_LIST:
        case FEEL_T_RANGE:
                return conforms(t_element, super_element, depth + 1, budget);
        case FEEL_T_CONTEXT:
                for (size_t i = 0; i < super->field_count; i++) {
                        size_t cost = i < t->field_count && str_eq(t->fields[i].name, super->fields[i].name)
                                              ? 1
                                              : t->field_count;
                        if (*budget <= cost)
                                return true;
                        *budget -= cost;
                        const FeelField *f = field(t, super->fields[i].name, i);
                        if (!f || !conforms(f->type, super->fields[i].type, depth + 1, budget))
                                return false;
                }
                return true;
        case FEEL_T_FUNCTION:
                if (super->open)
                        return true;
                if (t->open || t->field_count != super->field_count)
                        return false;
                for (size_t i = 0; i < t->field_count; i++) {
                        if (*budget == 0)
                                return true;
                        --*budget;
                        if (!conforms(super->fields[i].type, t->fields[i].type, depth + 1, budget))
                                return false;
                }
                return conforms(t_element, super_element, depth + 1, budget);
        default:
                return true;
        }
}

bool feel_type_conforms(const FeelType *t, const FeelType *super)
{
        size_t budget = CONFORM_BUDGET;
        return conforms(t, super, 0, &budget);
}

static bool function_is(const FeelFunction *f, const FeelType *t)
{
        if (t->open)
                return true;
        size_t n = feel_fn_params(f);
        if (f->kind == FN_BUILTIN) {            /* overloaded: by number only */
                for (size_t r = 0; r < f->overloads; r++) {
                        const FeelBuiltin *b = &f->builtin[r];
                        if (t->field_count >= b->required && (t->field_count <= b->nparams || (b->flags & FB_VARIADIC)))
                                return true;
                }
                return false;
        }
        if (n != t->field_count)
                return false;
        for (size_t i = 0; i < n; i++)
                if (!feel_type_conforms(t->fields[i].type, feel_fn_param_type(f, i)))
                        return false;
        const FeelType *result = f->kind == FN_HOST ? f->host->result : f->proto->result;
        return feel_type_conforms(result ? result : FEEL_TYPE_ANY, t->element ? t->element : FEEL_TYPE_ANY);
}

/* Values may share their parts (a list that holds itself twice, twice …): looking at all of them ends somewhere. */
#define INSTANCE_BUDGET 50000000u

/* Null inside a list or a context is a value of every type. */
static bool instance(const FeelValue *v, const FeelType *t, int depth, uint64_t *budget)
{
        static const FeelTypeKind kinds[FEEL_KIND_COUNT] = {
                [FEEL_NULL] = FEEL_T_NULL, [FEEL_BOOLEAN] = FEEL_T_BOOLEAN, [FEEL_NUMBER] = FEEL_T_NUMBER,
                [FEEL_STRING] = FEEL_T_STRING, [FEEL_DATE] = FEEL_T_DATE, [FEEL_TIME] = FEEL_T_TIME,
                [FEEL_DATE_TIME] = FEEL_T_DATE_TIME, [FEEL_DAYS_DURATION] = FEEL_T_DAYS_DURATION,
                [FEEL_MONTHS_DURATION] = FEEL_T_MONTHS_DURATION, [FEEL_LIST] = FEEL_T_LIST,
                [FEEL_CONTEXT] = FEEL_T_CONTEXT, [FEEL_RANGE] = FEEL_T_RANGE, [FEEL_FUNCTION] = FEEL_T_FUNCTION,
        };
        if (*budget == 0)
                return false;
        --*budget;
        if (v->kind == FEEL_UNKNOWN)
                return true;
        if (v->kind == FEEL_NULL)
                return depth > 0 || t->kind == FEEL_T_NULL;
        if (t->kind == FEEL_T_ANY || depth > TYPE_DEPTH)
                return true;
        if (kinds[v->kind] != t->kind)
                return false;
        switch (t->kind) {
        case FEEL_T_LIST:
                if (!t->element || t->element->kind == FEEL_T_ANY)
                        return true;
                for (size_t i = 0; i < v->list.len; i++)
                        if (!instance(&v->list.items[i], t->element, depth + 1, budget))
                                return false;
                return true;
        case FEEL_T_CONTEXT:
                for (size_t i = 0; i < t->field_count; i++) {
                        const FeelValue *e = feel_context_get(v, t->fields[i].name);
                        if (!e || !instance(e, t->fields[i].type, depth + 1, budget))
                                return false;
                }
                return true;
        case FEEL_T_RANGE: {
                const FeelType *e = t->element ? t->element : FEEL_TYPE_ANY;
                return instance(&v->range->low, e, depth + 1, budget) &&
                       instance(&v->range->high, e, depth + 1, budget);
        }
        case FEEL_T_FUNCTION:
                return function_is(v->function, t);
        default:
                return true;
        }
}

bool feel_instance_of(const FeelValue *v, const FeelType *t)
{
        uint64_t budget = INSTANCE_BUDGET;
        return instance(v, t, 0, &budget);
}

/* ---------------------------------------------------------------- coercion */

static bool may_be(const FeelValue *v, const FeelType *t)
{
        return v->kind == FEEL_NULL || feel_instance_of(v, t);
}

Status feel_coerce(Arena *a, const FeelValue *v, const FeelType *t, bool *ret_ok, FeelValue *ret)
{
        *ret_ok = true;
        if (may_be(v, t)) {
                *ret = *v;
                return ST_OK;
        }
        if (v->kind == FEEL_LIST && v->list.len == 1 && t->kind != FEEL_T_LIST && may_be(&v->list.items[0], t)) {
                *ret = v->list.items[0];
                return ST_OK;
        }
        if (t->kind == FEEL_T_LIST && v->kind != FEEL_LIST &&
            feel_instance_of(v, t->element ? t->element : FEEL_TYPE_ANY)) {
                FeelValue *item = arena_alloc(a, sizeof(*item));
                if (!item)
                        return ST_NOMEM;
                *item = *v;
                *ret = feel_list(item, 1);
                return ST_OK;
        }
        if (t->kind == FEEL_T_DATE_TIME && v->kind == FEEL_DATE) {
                FeelDateTime dt = { .date = v->date, .time = { .zone = { .kind = FEEL_ZONE_OFFSET } } };
                *ret = feel_date_time(dt);
                return ST_OK;
        }
        *ret_ok = false;
        *ret = feel_null();
        return ST_OK;
}

/* ---------------------------------------------------------------- the type of a value */

#define TYPE_OF_ITEMS 1000      /* so many items of a list are looked at */
#define TYPE_OF_FIELDS 1000

static const FeelType *type_of(Arena *a, const FeelValue *v, int depth);

/* Both: contexts join their fields, others meet in Any. */
static const FeelType *join(Arena *a, const FeelType *s, const FeelType *t, int depth)
{
        if (s->kind == FEEL_T_NULL || feel_type_conforms(s, t))
                return s->kind == FEEL_T_CONTEXT && s->field_count > t->field_count ? s : t;
        if (t->kind == FEEL_T_NULL)
                return s;
        if (s->kind == FEEL_T_LIST && t->kind == FEEL_T_LIST && depth < TYPE_DEPTH) {
                const FeelType *e = join(a, s->element, t->element, depth + 1);
                return e ? feel_type_list(a, e) : NULL;
        }
        if (s->kind != FEEL_T_CONTEXT || t->kind != FEEL_T_CONTEXT ||
            s->field_count + t->field_count > TYPE_OF_FIELDS || depth >= TYPE_DEPTH)
                return s->kind == t->kind ? s : FEEL_TYPE_ANY;
        FeelField *fields = arena_array_of(a, FeelField, s->field_count + t->field_count + 1);
        FeelType *both = arena_new_of(a, FeelType);
        if (!fields || !both)
                return NULL;
        size_t n = s->field_count;
        if (n)
                memcpy(fields, s->fields, n * sizeof(*fields));
        for (size_t i = 0; i < t->field_count; i++) {
                const FeelField *f = field(s, t->fields[i].name, i);
                if (!f) {
                        fields[n++] = t->fields[i];
                        continue;
                }
                fields[f - s->fields].type = join(a, f->type, t->fields[i].type, depth + 1);
                if (!fields[f - s->fields].type)
                        return NULL;
        }
        *both = (FeelType){ .kind = FEEL_T_CONTEXT, .fields = fields, .field_count = n, .open = true };
        return both;
}

static const FeelType *type_of_list(Arena *a, const FeelValue *v, int depth)
{
        const FeelType *e = FEEL_TYPE_NULL;
        size_t n = v->list.len < TYPE_OF_ITEMS ? v->list.len : TYPE_OF_ITEMS;
        for (size_t i = 0; i < n && e && e->kind != FEEL_T_ANY; i++) {
                const FeelType *t = type_of(a, &v->list.items[i], depth + 1);
                e = t ? join(a, e, t, 0) : NULL;
        }
        if (!e)
                return NULL;
        return feel_type_list(a, e->kind == FEEL_T_NULL || n < v->list.len ? FEEL_TYPE_ANY : e);
}

static const FeelType *type_of(Arena *a, const FeelValue *v, int depth)
{
        if (depth > TYPE_DEPTH)
                return FEEL_TYPE_ANY;
        switch (v->kind) {
        case FEEL_NULL: return FEEL_TYPE_NULL;
        case FEEL_BOOLEAN: return FEEL_TYPE_BOOLEAN;
        case FEEL_NUMBER: return FEEL_TYPE_NUMBER;
        case FEEL_STRING: return FEEL_TYPE_STRING;
        case FEEL_DATE: return FEEL_TYPE_DATE;
        case FEEL_TIME: return FEEL_TYPE_TIME;
        case FEEL_DATE_TIME: return FEEL_TYPE_DATE_TIME;
        case FEEL_DAYS_DURATION: return FEEL_TYPE_DAYS_DURATION;
        case FEEL_MONTHS_DURATION: return FEEL_TYPE_MONTHS_DURATION;
        case FEEL_LIST: return type_of_list(a, v, depth);
        case FEEL_CONTEXT: {
                size_t n = feel_shape_len(v->context.shape);
                FeelField *fields = arena_array_of(a, FeelField, n + 1);
                if (!fields)
                        return NULL;
                for (size_t i = 0; i < n; i++) {
                        fields[i].name = feel_shape_key(v->context.shape, i);
                        fields[i].type = type_of(a, &v->context.values[i], depth + 1);
                        if (!fields[i].type)
                                return NULL;
                        if (fields[i].type->kind == FEEL_T_NULL)
                                fields[i].type = FEEL_TYPE_ANY;
                }
                return feel_type_context(a, fields, n);
        }
        case FEEL_RANGE: {
                const FeelType *t =
                        type_of(a, v->range->low.kind == FEEL_NULL ? &v->range->high : &v->range->low, depth + 1);
                return t ? feel_type_range(a, t) : NULL;
        }
        case FEEL_FUNCTION: return FEEL_TYPE_FUNCTION;
        default: return FEEL_TYPE_ANY;
        }
}

const FeelType *feel_type_of(Arena *a, const FeelValue *v)
{
        const FeelType *t = type_of(a, v, 0);
        return t && t->kind == FEEL_T_NULL ? FEEL_TYPE_ANY : t;
}
