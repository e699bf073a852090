/* cmd_document.c -- official documents from the data. */
#include "app/commands.h"
#include "app/world.h"

static const char *format_of(const char *path)
{
        static const char *const formats[] = { "docx", "pdf", "html", "md" };
        const char *dot = strrchr(path, '.');
        for (size_t i = 0; dot && i < ARRAY_LEN(formats); i++)
                if (cstr_eq(dot + 1, formats[i]))
                        return formats[i];
        return NULL;
}

Status cmd_document(App *app, Args *args)
{
        const char *db, *name, *period = NULL, *key = NULL, *out = NULL;
        TRY(args_option(args, "--period", &period));
        TRY(args_option(args, "--key", &key));
        TRY(args_option(args, "-o", &out));
        TRY(args_positional(args, "DB", &db));
        TRY(args_positional(args, "NAME", &name));
        TRY(args_done(args));
        const char *format = out ? format_of(out) : NULL;
        if (!format)
                return app_usage(app, "请用 -o 指明文件名，以 .docx、.pdf、.html 或 .md 结尾", "give the file with -o; its name ends in .docx, .pdf, .html or .md");
        _cleanup_app_world_ AppWorld w;
        TRY(app_world_open(app, db, &w));
        TRY(app_set(&w, "document", name));
        TRY(app_set(&w, "period", period));
        TRY(app_set(&w, "key", key));
        TRY(app_set(&w, "format", format));
        TRY(app_call(&w, "document_make", NULL));
        return app_write_file(app, out, buf_str(&w.call.reply));
}
