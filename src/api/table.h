/* table.h -- the shape of the dispatch table that tools/openapi-c makes from api/openapi.yaml. */
#ifndef KC_API_TABLE_H
#define KC_API_TABLE_H

#include "api/api.h"

typedef enum ApiType { API_STRING, API_INTEGER, API_NUMBER, API_BOOLEAN, API_OBJECT, API_ARRAY } ApiType;
typedef enum ApiFormat { API_PLAIN, API_PERIOD, API_DATE } ApiFormat;

typedef struct ApiSchema ApiSchema;
typedef struct ApiProperty {
        const char *name;
        const ApiSchema *schema;
        bool required;
} ApiProperty;

struct ApiSchema {
        ApiType type;
        ApiFormat format;
        bool nullable, has_minimum, has_maximum, closed;
        int64_t minimum, maximum;
        size_t min_length, max_length, max_items;       /* 0: no limit */
        const char *pattern;
        const char *const *values;                      /* enum, NULL at the end */
        const ApiSchema *items;
        const ApiProperty *properties;
        size_t property_count;
        const ApiSchema *others;                        /* additionalProperties with a schema */
};

typedef struct ApiParam {
        const char *name;
        bool in_path, required;
        const ApiSchema *schema;
} ApiParam;

struct ApiOperation {
        const char *id, *method, *path, *right, *summary;
        const char *unit_param;                         /* NULL: none */
        const ApiParam *params;
        size_t param_count;
        const ApiSchema *body;                          /* JSON body; NULL: none */
        bool raw_body, writes, binary_reply;
        size_t body_max;
        Status (*run)(ApiCall *call);
};

extern const ApiOperation api_operations[];
extern const size_t api_operation_count;

/* Checks a value against its schema: every problem is a message with its path ("set.rate"). */
Status api_check_value(const ApiSchema *s, const Json *value, const char *where, Diag *diag) FALLIBLE;
/* Checks a parameter's text; *ret_json-like forms are not needed: integers and booleans are re-read by api_param_*. */
Status api_check_param(const ApiParam *p, Str text, Diag *diag) FALLIBLE;

#endif
