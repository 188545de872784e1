/* Preloaded into syncline by tests: writes each statement that it sends to a SQLite file to $SYNCLINE_SQLITE_TRACE, values in
   place, as SQLite itself sees it: number of the session, file, statement, separated by US and ended by RS. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int on_statement(unsigned event, void *session, void *statement, void *text) {
  (void)event;
  if (strncmp((const char *)text, "--", 2) == 0) return 0;
  FILE *out = fopen(getenv("SYNCLINE_SQLITE_TRACE"), "a");
  if (out == NULL) return 0;
  char *expanded = sqlite3_expanded_sql((sqlite3_stmt *)statement);
  const char *file = sqlite3_db_filename(sqlite3_db_handle((sqlite3_stmt *)statement), "main");
  fprintf(out, "%d\x1f%s\x1f%s\x1e", (int)(intptr_t)session, file == NULL ? "" : file, expanded == NULL ? (const char *)text : expanded);
  sqlite3_free(expanded);
  fclose(out);
  return 0;
}

int sqlite3_open_v2(const char *name, sqlite3 **database, int flags, const char *vfs) {
  static int sessions = 0;
  int (*real)(const char *, sqlite3 **, int, const char *) = (int (*)(const char *, sqlite3 **, int, const char *))dlsym(RTLD_NEXT, "sqlite3_open_v2");
  const int code = real(name, database, flags, vfs);
  if (code == SQLITE_OK && getenv("SYNCLINE_SQLITE_TRACE") != NULL)
    sqlite3_trace_v2(*database, SQLITE_TRACE_STMT, on_statement, (void *)(intptr_t)__sync_add_and_fetch(&sessions, 1));
  return code;
}
