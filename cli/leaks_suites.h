// `kronos leaks` without a program: does the library leak here?
#ifndef CLI_LEAKS_SUITES_H
#define CLI_LEAKS_SUITES_H

// Runs the leak suite on a device, and every conformance case behind the proxy, where it must leave
// nothing behind. `usage` is shown with --help.
//
// Returns: an exit code.
int cli_leaks_suites(const char *usage, int count, char **arguments);

#endif
