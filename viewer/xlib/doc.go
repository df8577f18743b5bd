// Package xlib lets a program that uses GLFW start where there is no X11.
//
// # Why
//
// The Go packages of GLFW and OpenGL name libX11, libGL and half a dozen more
// to the linker. A program linked in that way does not even print its help on a
// machine without them, such as a server or a container: the dynamic loader
// ends it before its first instruction. A program that has a use for a machine
// without a screen must need nothing but the C library to start, and find out
// by itself what else there is.
//
// # How
//
// GLFW and OpenGL load most of what they need by dlopen. What is left are the
// functions of libX11 that GLFW calls by name. This package defines each of
// them itself, as a trampoline: one jump to an address held in a table. With
// -Wl,--as-needed the linker then finds all names resolved and leaves the
// libraries out. [Load] opens libX11 by dlopen and fills the table. A jump, not
// a call, leaves registers and stack as they are, so that a trampoline need not
// know what the function takes and returns, which may be variadic.
//
// Until then the table leads to a message that names the function and ends the
// program by abort.
//
// The trampolines are hidden symbols: neither libX11 itself nor a library that
// comes in by another way, such as EGL's, is ever led through them.
//
// # What it asks of others
//
// Each package that imports GLFW or go-gl directly needs a file with
//
//	// #cgo linux LDFLAGS: -Wl,--as-needed
//	import "C"
//
// for that flag only affects libraries that come after it on the linker's
// command line. Those of GLFW and go-gl come after the flags of the package by
// which Go's linker first gets to them, and that may be any that imports them.
// Some compilers have the flag by default, which hides that it is missing; a
// test looks for it.
//
// go-gl names one function of libGL, glXGetProcAddress, which gl.Init calls. A
// program calls gl.InitWithProcAddrFunc instead, and one of its packages has to
// define a function of that name for the linker.
//
// Load comes before the first call of GLFW.
//
// # Limits
//
// Trampolines are there for Linux on amd64 and arm64, with cgo. On Linux on
// other processors GLFW is linked to libX11 as ever. To build needs the
// libraries and their headers nevertheless. GLFW for Wayland, its build tag
// wayland, names other libraries and gains nothing here. A library once loaded
// stays so.
//
// The names are in symbols.h, made by "go generate" from GLFW itself; a test
// says when GLFW has come to name others.
package xlib

//go:generate go run ./gen
