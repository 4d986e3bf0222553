// A library that is built without ThreadSanitizer, like a driver, and has a thread of its own.
#ifndef HIDDEN_THREAD_H
#define HIDDEN_THREAD_H

enum { HIDDEN_THREAD_BYTES = 64 };

// A block that the library's thread has read, and will never read again; NULL where there is no
// memory or no thread. hidden_thread_free frees it.
char *hidden_thread_read(void);

// Accepts NULL.
void hidden_thread_free(char *block);

#endif
