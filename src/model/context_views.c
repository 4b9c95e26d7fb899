/* The tables of what a model was given. */

#include "model/context_views.h"

static const Type context_file_type = TYPE(
    ContextFile, "A file that a model was shown.", FIELD(ContextFile, path, REQUIRED),
    FIELD(ContextFile, bytes, REQUIRED, .about = "Of the text shown: files may be shown in part."),
    FIELD(ContextFile, tokens, REQUIRED), FIELD(ContextFile, reason, REQUIRED));

const Type run_context_type =
    TYPE(RunContext, "What the model of a run was given.",
         FIELD(RunContext, system, 0, .about = "Null for runs from before this was kept."),
         FIELD(RunContext, prompt, 0, .about = "The first message, without contents of files."),
         LIST(RunContext, files, context_file_type, REQUIRED),
         FIELD(RunContext, tokens, 0, .about = "Of the first request, estimated."),
         FIELD(RunContext, is_cut, REQUIRED, .about = "There was too much to keep all of it."));
