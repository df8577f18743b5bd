package main

import (
	"strings"
	"testing"
)

func TestParseQuality(t *testing.T) {
	for text, want := range map[string]qualityRange{
		"65-80": {65, 80}, "0-100": {0, 100}, "80-80": {80, 80}, "-80": {0, 80}, "65-": {65, 100}, "80": {72, 80}, "0": {0, 0}, "100": {90, 100}, "99": {89, 99},
	} {
		if got, err := parseQuality(text); err != nil || *got != want {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "two numbers", "-": "two numbers", "x": "two numbers", "65-x": "two numbers", "65--80": "numbers", "65-80-90": "two numbers", "+65": "two numbers", "6.5-80": "two numbers",
		"80-65": "the lower number first", "65-101": "from 0 to 100", "101": "from 0 to 100", "-101": "from 0 to 100",
	} {
		if got, err := parseQuality(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want %q", text, got, err, want)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "500k": 500_000, "500K": 500_000, "500kB": 500_000, "500 kB": 500_000, "1.5M": 1_500_000, "0.1M": 100_000, "64KiB": 65536, "64ki": 65536,
		"1MiB": 1 << 20, "2G": 2_000_000_000, "1.2345k": 1234, "100b": 100, ".5k": 500, "5.k": 5000,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "k", "-1", "0", "0.4", "1x", "1kk", "1e3", "1.2.3", "1 000", "0x10", "1/2", ".", strings.Repeat("9", 30), strings.Repeat("9", 1000)} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("%s: got %d, want an error", text, got)
		}
	}
}
