//go:build !purego

#include "textflag.h"

// BOTH(at, to, t) adds three times the nearer colors to the farther ones.
#define BOTH(at, to, t) \
	VPMOVZXBW at(SI), to \
	VPMOVZXBW at(DX), t  \
	VPADDW    to, t, t   \
	VPADDW    to, to, to \
	VPADDW    t, to, to

// func row420AVX2(to, near, far *uint8, n int)
TEXT ·row420AVX2(SB), NOSPLIT, $0-32
	MOVQ to+0(FP), DI
	MOVQ near+8(FP), SI
	MOVQ far+16(FP), DX
	MOVQ n+24(FP), CX

	// 8 and 7 in words
	VPCMPEQW Y8, Y8, Y8
	VPSRLW   $15, Y8, Y9
	VPSRLW   $13, Y8, Y8
	VPADDW   Y8, Y9, Y9

colors:
	BOTH(0, Y0, Y3)
	BOTH(1, Y1, Y3)
	BOTH(2, Y2, Y3)
	VPADDW  Y1, Y1, Y4
	VPADDW  Y1, Y4, Y4
	VPADDW  Y4, Y0, Y0
	VPADDW  Y4, Y2, Y2
	VPADDW  Y9, Y0, Y0
	VPADDW  Y8, Y2, Y2
	VPSRLW  $4, Y0, Y0
	VPSRLW  $4, Y2, Y2
	VPSLLW  $8, Y2, Y2
	VPOR    Y2, Y0, Y0
	VMOVDQU Y0, (DI)

	ADDQ $16, SI
	ADDQ $16, DX
	ADDQ $32, DI
	SUBQ $16, CX
	JNZ  colors
	VZEROUPPER
	RET

// func row422AVX2(to, near *uint8, n int)
TEXT ·row422AVX2(SB), NOSPLIT, $0-24
	MOVQ to+0(FP), DI
	MOVQ near+8(FP), SI
	MOVQ n+16(FP), CX

	// 1 and 2 in words
	VPCMPEQW Y9, Y9, Y9
	VPSRLW   $15, Y9, Y9
	VPADDW   Y9, Y9, Y8

colors:
	VPMOVZXBW 0(SI), Y0
	VPMOVZXBW 1(SI), Y1
	VPMOVZXBW 2(SI), Y2
	VPADDW    Y1, Y1, Y4
	VPADDW    Y1, Y4, Y4
	VPADDW    Y4, Y0, Y0
	VPADDW    Y4, Y2, Y2
	VPADDW    Y9, Y0, Y0
	VPADDW    Y8, Y2, Y2
	VPSRLW    $2, Y0, Y0
	VPSRLW    $2, Y2, Y2
	VPSLLW    $8, Y2, Y2
	VPOR      Y2, Y0, Y0
	VMOVDQU   Y0, (DI)

	ADDQ $16, SI
	ADDQ $32, DI
	SUBQ $16, CX
	JNZ  colors
	VZEROUPPER
	RET
