//go:build cgo && (amd64 || arm64)

#include "symbols.h"

// Both of these may only change registers that a linker's own stubs may change
// between a call and the function, which on arm64 are x16 and x17.
#if defined(__x86_64__)

.macro jump_to_address_in slot
	jmp *\slot(%rip)
.endm

.macro report name
	lea \name(%rip), %rdi
	jmp xlib_unloaded
.endm

#elif defined(__aarch64__)

.macro jump_to_address_in slot
	adrp x16, \slot
	ldr x16, [x16, :lo12:\slot]
	br x16
.endm

.macro report name
	adrp x0, \name
	add x0, x0, :lo12:\name
	b xlib_unloaded
.endm

#endif

// Each trampoline has a slot, which first leads to a report of its name.
.macro trampoline function
	.text
	.globl \function
	.hidden \function
	.type \function, %function
	.p2align 4
\function:
	.cfi_startproc
	jump_to_address_in .Lslot_\function
.Lunloaded_\function:
	report .Lname_\function
	.cfi_endproc
	.size \function, . - \function

	.section .rodata
.Lname_\function:
	.asciz "\function"

	.data
.Lslot_\function:
	.quad .Lunloaded_\function
.endm

	.data
	.globl xlib_slots
	.hidden xlib_slots
	.type xlib_slots, %object
	.p2align 3
xlib_slots:

#define TRAMPOLINE(function) trampoline function;
XLIB_SYMBOLS(TRAMPOLINE)

	.data
	.size xlib_slots, . - xlib_slots

	// Without this the linker would make the stack executable.
	.section .note.GNU-stack, "", %progbits
