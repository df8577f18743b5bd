//go:build !purego

#include "textflag.h"

// func nearestAVX2(index *uint8, points *Point, n int, targets *target, k int)
//
// Sixteen points at a time are compared with all targets. Distances are those
// of the plain Go twin, nearest: norm + p·minusTwice, in 32 bits.
TEXT ·nearestAVX2(SB), NOSPLIT, $0-40
	MOVQ index+0(FP), DI
	MOVQ points+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ targets+24(FP), DX
	MOVQ k+32(FP), BX

points:
	CMPQ CX, $16
	JLT  done

	// Four points a register come in; the first and the second halves of
	// eight of them go out: Y2 and Y4 are the coordinates 0 and 1, Y3 and Y5
	// the coordinates 2 and 3. Points are in the order 0 1 4 5 | 2 3 6 7.
	VMOVDQU 0(SI), Y0
	VMOVDQU 32(SI), Y1
	VSHUFPS $0x88, Y1, Y0, Y2
	VSHUFPS $0xDD, Y1, Y0, Y3
	VMOVDQU 64(SI), Y0
	VMOVDQU 96(SI), Y1
	VSHUFPS $0x88, Y1, Y0, Y4
	VSHUFPS $0xDD, Y1, Y0, Y5

	// Y6 and Y7 are the least distances so far, Y8 and Y9 their targets' ids.
	VPCMPEQD Y6, Y6, Y6
	VPSRLD   $1, Y6, Y6
	VMOVDQA  Y6, Y7
	VPXOR    Y8, Y8, Y8
	VPXOR    Y9, Y9, Y9

	MOVQ DX, R8
	MOVQ BX, R9

targets:
	VPBROADCASTD 0(R8), Y10
	VPBROADCASTD 4(R8), Y11
	VPBROADCASTD 8(R8), Y12
	VPBROADCASTD 12(R8), Y13

	// Ids rise, so that the larger of the old one and a nearer target's is
	// the nearer target's.
	VPMADDWD Y10, Y2, Y14
	VPMADDWD Y11, Y3, Y15
	VPADDD   Y12, Y14, Y14
	VPADDD   Y15, Y14, Y14
	VPCMPGTD Y14, Y6, Y15
	VPMINSD  Y14, Y6, Y6
	VPAND    Y13, Y15, Y15
	VPMAXSD  Y15, Y8, Y8

	VPMADDWD Y10, Y4, Y14
	VPMADDWD Y11, Y5, Y15
	VPADDD   Y12, Y14, Y14
	VPADDD   Y15, Y14, Y14
	VPCMPGTD Y14, Y7, Y15
	VPMINSD  Y14, Y7, Y7
	VPAND    Y13, Y15, Y15
	VPMAXSD  Y15, Y9, Y9

	ADDQ $16, R8
	DECQ R9
	JNZ  targets

	// Ids become bytes, and pairs of them go back to the order of the points.
	VPACKUSDW    Y9, Y8, Y8
	VPACKUSWB    Y8, Y8, Y8
	VEXTRACTI128 $1, Y8, X9
	VPUNPCKLWD   X9, X8, X8
	VMOVDQU      X8, (DI)

	ADDQ $16, DI
	ADDQ $128, SI
	SUBQ $16, CX
	JMP  points

done:
	VZEROUPPER
	RET

// func cpuid(leaf, subleaf uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL subleaf+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET
