package main

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

func targetFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "quality", Usage: "`MIN-MAX` take the fewest colors that reach MAX, 0 (worst) to 100, as pngquant means it; below MIN write nothing, the exit status is then 99"},
		&cli.Float64Flag{Name: "target-psnr", DefaultText: "none", Usage: "`DB` take the fewest colors that reach this PSNR; if none do, the most"},
		&cli.StringFlag{Name: "max-bytes", Usage: "`SIZE` of the file at most, as 500k or 1.5M: take the most colors with which it fits"},
	}
}

// Targets are what a result has to reach, with the fewest colors or the most.
type targets struct {
	quality  *qualityRange // nil means any
	psnr     float64       // 0 means any
	maxBytes int64         // 0 means any
}

func (t *targets) any() bool { return t.quality != nil || t.psnr > 0 || t.maxBytes > 0 }

// readTargets reads the flags, which may be combined: all hold then.
func readTargets(c *cli.Context) (t targets, err error) {
	if c.IsSet("quality") {
		if t.quality, err = parseQuality(c.String("quality")); err != nil {
			return t, usagef("--quality: %w", err)
		}
	}
	if t.psnr = c.Float64("target-psnr"); c.IsSet("target-psnr") && !(t.psnr > 0 && t.psnr <= maxPSNR) {
		return t, usagef("--target-psnr: got %v, want more than 0 to %d, in decibels", t.psnr, maxPSNR)
	}
	if c.IsSet("max-bytes") {
		if t.maxBytes, err = parseSize(c.String("max-bytes")); err != nil {
			return t, usagef("--max-bytes: %w", err)
		}
	}
	return t, nil
}

// maxPSNR is more than any image has that is not exact: in 2³¹ pixels one level of one
// channel of one pixel is an error of 146 dB.
const maxPSNR = 150

// A qualityRange is from 0 to 100 on pngquant's scale: the fewest colors that reach the
// top are taken, and what does not reach the bottom is not written.
type qualityRange struct{ bottom, top int }

// parseQuality reads what pngquant reads: MIN-MAX, MIN- for a top of 100, -MAX for a
// bottom of 0, and N for a top of N whose bottom is a tenth lower.
func parseQuality(text string) (*qualityRange, error) {
	low, high, isRange := strings.Cut(text, "-")
	q := &qualityRange{0, 100}
	var err error
	if low != "" {
		q.bottom, err = strconv.Atoi(low)
	}
	if high != "" && err == nil {
		q.top, err = strconv.Atoi(high)
	}
	if !isRange {
		q.top, q.bottom = q.bottom, q.bottom*9/10
	}
	switch {
	case err != nil || low == "" && high == "" || strings.ContainsAny(text, "+"):
		return nil, fmt.Errorf("got %q, want two numbers from 0 to 100, such as 65-80", text)
	case q.bottom < 0 || q.bottom > 100 || q.top < 0 || q.top > 100:
		return nil, fmt.Errorf("got %s, want numbers from 0 to 100", text)
	case q.bottom > q.top:
		return nil, fmt.Errorf("got %s, want the lower number first", text)
	}
	return q, nil
}

// sizeUnits are the bytes in a unit: k is 1000, Ki is 1024. Capitals do not matter.
var sizeUnits = map[string]int64{
	"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30,
}

// parseSize reads a number of bytes, such as 500k, 1.5M, 300 kB or 64KiB.
func parseSize(text string) (int64, error) {
	fail := func() (int64, error) {
		return 0, fmt.Errorf("got %q, want a number of bytes, such as 500k, 1.5M or 64KiB", text)
	}
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(text)
	}
	unit := strings.ToLower(strings.TrimLeft(text[end:], " "))
	factor, known := sizeUnits[strings.TrimSuffix(unit, "b")]
	// Exact, for 0.1 has no float64. A long fraction would be a large one.
	number, ok := new(big.Rat).SetString(text[:end])
	if !known || !ok || end > 40 {
		return fail()
	}
	number.Mul(number, new(big.Rat).SetInt64(factor))
	bytes := new(big.Int).Quo(number.Num(), number.Denom())
	if !bytes.IsInt64() || bytes.Int64() > math.MaxInt64/2 || bytes.Sign() <= 0 {
		return 0, fmt.Errorf("got %s, want 1 byte to 4 EB", text)
	}
	return bytes.Int64(), nil
}
