package words

import "testing"

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_949: "999.9 kB", 1_000_000: "1.00 MB", 12_345_678: "12.35 MB", 5_000_000_000: "5.00 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, got := range map[string]string{"1 pass": Count(1, "pass"), "2 passes": Count(2, "pass"), "0 colors": Count(0, "color")} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for path, want := range map[string]string{"a/b.png": "b", "b": "b", ".png": ".png", "a.b/c.d.png": "c.d", "x.": "x"} {
		if got := Stem(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for name, want := range map[string]string{"a b.png": "a b.png", "é.png": "é.png", "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, `a"b`: `"a\"b"`, "\xff": `"\xff"`, "a\u202eb": `"a\u202eb"`} {
		if got := Printable(name); got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
	}
}
