//go:build !purego

#include "textflag.h"

// LAYOUT takes a layout apart: R8 is the size of a pixel, R9 that of four, R10 of eight.
#define LAYOUT(from) \
	MOVQ    from, AX     \
	VMOVDQU 0(AX), Y14   \
	VMOVDQU 32(AX), Y15  \
	MOVQ    64(AX), R8   \
	LEAQ    (R8*4), R9   \
	LEAQ    (R8*8), R10

// EIGHT loads eight pixels and makes them four bytes long.
#define EIGHT(X, Y) \
	VMOVDQU     (SI), X              \
	VINSERTI128 $1, (SI)(R9*1), Y, Y \
	VPSHUFB     Y14, Y, Y            \
	ADDQ        R10, SI

// func noneAVX2(pix, row *uint8, eights int, l *layout)
TEXT ·noneAVX2(SB), NOSPLIT, $0-32
	MOVQ pix+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ eights+16(FP), CX
	LAYOUT(l+24(FP))

none:
	EIGHT(X0, Y0)
	VPOR    Y15, Y0, Y0
	VMOVDQU Y0, (DI)
	ADDQ    $32, DI
	DECQ    CX
	JNZ     none
	VZEROUPPER
	RET

// func upAVX2(pix, row, above *uint8, eights int, l *layout)
TEXT ·upAVX2(SB), NOSPLIT, $0-40
	MOVQ pix+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ above+16(FP), DX
	MOVQ eights+24(FP), CX
	LAYOUT(l+32(FP))

up:
	EIGHT(X0, Y0)
	VPADDB  (DX), Y0, Y0
	VPOR    Y15, Y0, Y0
	VMOVDQU Y0, (DI)
	ADDQ    $32, DX
	ADDQ    $32, DI
	DECQ    CX
	JNZ     up
	VZEROUPPER
	RET

// SUMS adds to each of four pixels those before it, and the one that is four times in X7,
// and leaves the last one there.
#define SUMS(X) \
	VPSLLDQ $4, X, X1   \
	VPADDB  X1, X, X    \
	VPSLLDQ $8, X, X1   \
	VPADDB  X1, X, X    \
	VPADDB  X7, X, X    \
	VPSHUFD $0xff, X, X7

// func subAVX2(pix, row *uint8, eights int, l *layout)
TEXT ·subAVX2(SB), NOSPLIT, $0-32
	MOVQ pix+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ eights+16(FP), CX
	LAYOUT(l+24(FP))
	VPXOR X7, X7, X7

sub:
	EIGHT(X0, Y0)
	VEXTRACTI128 $1, Y0, X2
	SUMS(X0)
	SUMS(X2)
	VPOR         X15, X0, X0
	VPOR         X15, X2, X2
	VMOVDQU      X0, (DI)
	VMOVDQU      X2, 16(DI)
	ADDQ         $32, DI
	DECQ         CX
	JNZ          sub
	VZEROUPPER
	RET

// NEXT loads a pixel as words, X2, and the one above it, X3.
#define NEXT \
	VMOVD     (SI), X2     \
	VMOVD     (DX), X3     \
	VPMOVZXBW X2, X2       \
	VPMOVZXBW X3, X3       \
	ADDQ      R8, SI       \
	ADDQ      $4, DX

// PUT stores the pixel in the words of X0.
#define PUT \
	VPACKUSWB X0, X0, X4   \
	VPOR      X15, X4, X4  \
	VMOVD     X4, (DI)     \
	ADDQ      $4, DI

// func averageAVX2(pix, row, above *uint8, n int, l *layout)
TEXT ·averageAVX2(SB), NOSPLIT, $0-40
	MOVQ pix+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ above+16(FP), DX
	MOVQ n+24(FP), CX
	LAYOUT(l+32(FP))
	VPXOR X0, X0, X0

average:
	NEXT
	VPADDW X3, X0, X0
	VPSRLW $1, X0, X0
	VPADDB X2, X0, X0
	PUT
	DECQ   CX
	JNZ    average
	VZEROUPPER
	RET

// With t = 3c - a - b, Paeth's filter takes the greater one of a and b if t is not above
// the lesser one, else the lesser one if t is not below the greater one, else c. From one
// pixel to the next that is five steps.
//
// func paethAVX2(pix, row, above *uint8, n int, l *layout)
TEXT ·paethAVX2(SB), NOSPLIT, $0-40
	MOVQ pix+0(FP), DI
	MOVQ row+8(FP), SI
	MOVQ above+16(FP), DX
	MOVQ n+24(FP), CX
	LAYOUT(l+32(FP))
	VPXOR X0, X0, X0 // a, of the left
	VPXOR X1, X1, X1 // c, of the upper left

paeth:
	NEXT
	VPADDW     X1, X1, X5
	VPSUBW     X3, X1, X6
	VPADDW     X5, X6, X5     // 3c - b
	VPSUBW     X0, X5, X5     // t
	VPMINSW    X0, X3, X6     // the lesser one
	VPMAXSW    X0, X3, X7     // the greater one
	VPCMPGTW   X5, X7, X8
	VPCMPGTW   X6, X5, X9
	VPBLENDVB  X8, X1, X6, X6
	VPBLENDVB  X9, X6, X7, X0
	VPADDB     X2, X0, X0
	VMOVDQA    X3, X1
	PUT
	DECQ       CX
	JNZ        paeth
	VZEROUPPER
	RET
