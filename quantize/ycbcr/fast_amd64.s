//go:build !purego

#include "textflag.h"

// SUM makes words in Y8 of sums of products in Y8 and Y9, in 65536ths, rounded down.
#define SUM \
	VPSRAD    $16, Y8, Y8 \
	VPSRAD    $16, Y9, Y9 \
	VPACKSSDW Y9, Y8, Y8

// func rgbaAVX2(to, luma, blue, red *uint8, n int, factors *[6][16]int16)
//
// Sixteen pixels at a time, in words: Y0 is the luma, Y1 Cb and Y2 Cr.
TEXT ·rgbaAVX2(SB), NOSPLIT, $0-48
	MOVQ    to+0(FP), DI
	MOVQ    luma+8(FP), SI
	MOVQ    blue+16(FP), DX
	MOVQ    red+24(FP), R8
	MOVQ    n+32(FP), CX
	MOVQ    factors+40(FP), R9
	VMOVDQU 128(R9), Y15
	VPXOR   Y14, Y14, Y14
	VMOVDQU 160(R9), Y13

pixels:
	VPMOVZXBW (SI), Y0
	VPMOVZXBW (DX), Y1
	VPMOVZXBW (R8), Y2
	VPSUBW    Y15, Y1, Y1
	VPSUBW    Y15, Y2, Y2

	// Red is in Y3, from 0 to 255 as all of them.
	VPUNPCKLWD Y2, Y0, Y8
	VPUNPCKHWD Y2, Y0, Y9
	VPMADDWD   (R9), Y8, Y8
	VPMADDWD   (R9), Y9, Y9
	SUM
	VPADDW     Y8, Y0, Y3
	VPADDW     Y2, Y3, Y3

	// Green is in Y4.
	VPUNPCKLWD Y1, Y0, Y6
	VPUNPCKHWD Y1, Y0, Y7
	VPUNPCKLWD Y14, Y2, Y10
	VPUNPCKHWD Y14, Y2, Y11
	VPMADDWD   32(R9), Y6, Y8
	VPMADDWD   32(R9), Y7, Y9
	VPMADDWD   64(R9), Y10, Y10
	VPMADDWD   64(R9), Y11, Y11
	VPADDD     Y10, Y8, Y8
	VPADDD     Y11, Y9, Y9
	SUM
	VPADDW     Y8, Y0, Y4
	VPSUBW     Y2, Y4, Y4

	// Blue is in Y5.
	VPMADDWD 96(R9), Y6, Y8
	VPMADDWD 96(R9), Y7, Y9
	SUM
	VPADDW   Y8, Y0, Y5
	VPADDW   Y1, Y5, Y5
	VPADDW   Y1, Y5, Y5

	// Each half of the registers holds eight pixels.
	VPACKUSWB    Y5, Y3, Y3  // red 0-7, blue 0-7
	VPACKUSWB    Y4, Y4, Y4  // green 0-7 twice
	VPUNPCKLBW   Y4, Y3, Y6  // red, green
	VPSRLDQ      $8, Y3, Y5
	VPUNPCKLBW   Y14, Y5, Y5
	VPOR         Y13, Y5, Y5 // blue, alpha
	VPUNPCKLWD   Y5, Y6, Y7  // pixels 0-3, 8-11
	VPUNPCKHWD   Y5, Y6, Y8  // pixels 4-7, 12-15
	VMOVDQU      X7, (DI)
	VMOVDQU      X8, 16(DI)
	VEXTRACTI128 $1, Y7, 32(DI)
	VEXTRACTI128 $1, Y8, 48(DI)

	ADDQ $16, SI
	ADDQ $16, DX
	ADDQ $16, R8
	ADDQ $64, DI
	SUBQ $16, CX
	JNZ  pixels
	VZEROUPPER
	RET
