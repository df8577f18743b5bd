//go:build !purego

#include "textflag.h"

// BUTTERFLY(a, b): a, b = a+b, a-b
#define BUTTERFLY(a, b) \
	VPADDD  b, a, Y8 \
	VPSUBD  b, a, b  \
	VMOVDQA Y8, a

// ROTATE(a, b, at) is rotate, with three constants from at on.
#define ROTATE(a, b, at) \
	VPADDD  b, a, Y8         \
	VPMULLD at+0(R9), Y8, Y8 \
	VPMULLD at+32(R9), b, b  \
	VPMULLD at+64(R9), a, a  \
	VPADDD  b, Y8, b         \
	VPSUBD  a, Y8, Y8        \
	VMOVDQA b, a             \
	VMOVDQA Y8, b

// ODD(bits) are the last steps of both passes: what the coefficients 1, 3, 5
// and 7 add to the others. The numbers go down by so many bits before they turn.
#define ODD(bits) \
	BUTTERFLY(Y7, Y5)    \
	BUTTERFLY(Y4, Y6)    \
	VPSRAD $bits, Y4, Y4 \
	VPSRAD $bits, Y5, Y5 \
	VPSRAD $bits, Y6, Y6 \
	VPSRAD $bits, Y7, Y7 \
	ROTATE(Y4, Y7, 192)  \
	ROTATE(Y5, Y6, 288)  \
	BUTTERFLY(Y0, Y7)    \
	BUTTERFLY(Y1, Y6)    \
	BUTTERFLY(Y2, Y5)    \
	BUTTERFLY(Y3, Y4)

// LOAD(i, to) dequantizes column i of the block.
#define LOAD(i, to) \
	VPMOVSXWD (16*i)(DX), to \
	VPMULLD   (32*i)(R8), to, to

// STORE(a, b, c, d) writes four rows of eight samples.
#define STORE(a, b, c, d) \
	VPSRAD       $18, a, a  \
	VPSRAD       $18, b, b  \
	VPSRAD       $18, c, c  \
	VPSRAD       $18, d, d  \
	VPACKSSDW    b, a, a    \
	VPACKSSDW    d, c, c    \
	VPACKSSWB    c, a, a    \
	VPERMD       a, Y15, a  \
	VPXOR        Y14, a, a  \
	VEXTRACTI128 $1, a, X8

// func inverseAVX2(to *uint8, stride int, b *block, dc int32, by *factors, constants *[17][8]int32)
//
// A register holds a number of all rows, then of all columns. The names of registers are
// those of the variables in inverseRow and inverseColumn.
TEXT ·inverseAVX2(SB), NOSPLIT, $0-48
	MOVQ  to+0(FP), DI
	MOVQ  stride+8(FP), SI
	MOVQ  b+16(FP), DX
	MOVL  dc+24(FP), AX
	MOVQ  by+32(FP), R8
	MOVQ  constants+40(FP), R9

	// The first coefficient of the block itself is 0.
	VPMOVSXWD (DX), Y0
	VMOVD     AX, X8
	VPADDD    Y8, Y0, Y0
	VPMULLD   (R8), Y0, Y0
	LOAD(1, Y7)
	LOAD(2, Y2)
	LOAD(3, Y5)
	LOAD(4, Y1)
	LOAD(5, Y6)
	LOAD(6, Y3)
	LOAD(7, Y4)

	// inverseRow
	VPSLLD $17, Y0, Y0
	VPSLLD $17, Y1, Y1
	BUTTERFLY(Y0, Y1)
	ROTATE(Y2, Y3, 0)
	BUTTERFLY(Y1, Y2)
	BUTTERFLY(Y0, Y3)
	VPSLLD $7, Y4, Y4
	VPSLLD $7, Y7, Y7
	BUTTERFLY(Y7, Y4)
	VPMULLD 384(R9), Y6, Y6
	VPMULLD 384(R9), Y5, Y5
	ODD(2)

	// Columns become rows.
	VPUNPCKLDQ Y1, Y0, Y8
	VPUNPCKHDQ Y1, Y0, Y9
	VPUNPCKLDQ Y3, Y2, Y10
	VPUNPCKHDQ Y3, Y2, Y11
	VPUNPCKLDQ Y5, Y4, Y12
	VPUNPCKHDQ Y5, Y4, Y13
	VPUNPCKLDQ Y7, Y6, Y14
	VPUNPCKHDQ Y7, Y6, Y15
	VPUNPCKLQDQ Y10, Y8, Y0
	VPUNPCKHQDQ Y10, Y8, Y1
	VPUNPCKLQDQ Y11, Y9, Y2
	VPUNPCKHQDQ Y11, Y9, Y3
	VPUNPCKLQDQ Y14, Y12, Y4
	VPUNPCKHQDQ Y14, Y12, Y5
	VPUNPCKLQDQ Y15, Y13, Y6
	VPUNPCKHQDQ Y15, Y13, Y7
	VPERM2I128 $0x20, Y4, Y0, Y8  // row 0
	VPERM2I128 $0x20, Y5, Y1, Y9
	VPERM2I128 $0x20, Y6, Y2, Y10
	VPERM2I128 $0x20, Y7, Y3, Y11
	VPERM2I128 $0x31, Y4, Y0, Y12 // row 4
	VPERM2I128 $0x31, Y5, Y1, Y13
	VPERM2I128 $0x31, Y6, Y2, Y14
	VPERM2I128 $0x31, Y7, Y3, Y15
	VMOVDQA Y9, Y7
	VMOVDQA Y10, Y2
	VMOVDQA Y11, Y5
	VMOVDQA Y12, Y1
	VMOVDQA Y13, Y6
	VMOVDQA Y14, Y3
	VMOVDQA Y15, Y4

	// inverseColumn
	VPADDD 448(R9), Y8, Y0
	BUTTERFLY(Y0, Y1)
	VPSRAD $2, Y0, Y0
	VPSRAD $2, Y1, Y1
	VPSRAD $13, Y2, Y2
	VPSRAD $13, Y3, Y3
	ROTATE(Y2, Y3, 96)
	BUTTERFLY(Y1, Y2)
	BUTTERFLY(Y0, Y3)
	BUTTERFLY(Y7, Y4)
	VPSRAD  $13, Y5, Y5
	VPSRAD  $13, Y6, Y6
	VPMULLD 416(R9), Y5, Y5
	VPMULLD 416(R9), Y6, Y6
	ODD(14)

	// Numbers are cut to 8 bits with a sign, which the last step takes away.
	VMOVDQU 480(R9), Y15
	VMOVDQU 512(R9), Y14
	LEAQ    (SI)(SI*2), BX
	STORE(Y0, Y1, Y2, Y3)
	VMOVQ   X0, (DI)
	VMOVHPS X0, (DI)(SI*1)
	VMOVQ   X8, (DI)(SI*2)
	VMOVHPS X8, (DI)(BX*1)
	LEAQ    (DI)(SI*4), DI
	STORE(Y4, Y5, Y6, Y7)
	VMOVQ   X4, (DI)
	VMOVHPS X4, (DI)(SI*1)
	VMOVQ   X8, (DI)(SI*2)
	VMOVHPS X8, (DI)(BX*1)
	VZEROUPPER
	RET
