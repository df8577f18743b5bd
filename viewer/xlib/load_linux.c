//go:build cgo && (amd64 || arm64)

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "symbols.h"

#define HIDDEN __attribute__((visibility("hidden")))
#define NAME(function) #function,

static const char *const names[] = {XLIB_SYMBOLS(NAME)};

enum { COUNT = sizeof names / sizeof *names };

// The addresses that the trampolines jump to, in the order of names.
extern HIDDEN void *xlib_slots[COUNT];

static int fail(char *reason, size_t size) {
	const char *why = dlerror();
	snprintf(reason, size, "%s", why ? why : "dlopen gave no reason");
	return -1;
}

int xlib_load(char *reason, size_t size) {
	void *found[COUNT];
	// Local: the libraries that need libX11 say so themselves, and no other is
	// to find it. Now: better a failure here than in the middle of a frame.
	void *library = dlopen("libX11.so.6", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return fail(reason, size);
	for (int i = 0; i < COUNT; i++) {
		found[i] = dlsym(library, names[i]);
		if (!found[i]) {
			int failed = fail(reason, size);
			dlclose(library);
			return failed;
		}
	}
	memcpy(xlib_slots, found, sizeof found);
	return 0;
}

// xlib_unloaded is where all trampolines lead before xlib_load.
HIDDEN _Noreturn void xlib_unloaded(const char *function) {
	fprintf(stderr, "xlib: %s called, but xlib.Load has not been or has failed\n", function);
	abort();
}
