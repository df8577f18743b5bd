package kmeans

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write what the golden test finds to golden_table_test.go")

// TestGolden notices when results change. If they were meant to, run
//
//	go test ./kmeans -run Golden -update
func TestGolden(t *testing.T) {
	leaveOutWithRace(t)
	got := map[string]string{}
	for name, d := range map[string]cloudData{"photo": photo(6_000, 3), "groups": mixture(5_000, 30, 500, 9)} {
		for effort, label := range map[Effort]string{Fast: "fast", Default: "default", Best: "best"} {
			for _, k := range []int{6, 20} {
				r := cluster(t, d, Options{K: k, Effort: effort, Seed: 5})
				got[fmt.Sprintf("%s %s k=%d", name, label, k)] = hashOf(r.Centroids)
			}
		}
		r := cluster(t, d, Options{K: 20, Init: PlusPlus, Algorithm: Lloyd, Seed: 6})
		got[name+" plusplus lloyd k=20"] = hashOf(r.Centroids)
	}
	if *update {
		writeGoldens(t, got)
		return
	}
	for name, hash := range got {
		if goldens[name] != hash {
			t.Errorf("%s: got %s, want %s", name, hash, goldens[name])
		}
	}
	if len(goldens) != len(got) {
		t.Errorf("got %d results, want %d", len(got), len(goldens))
	}
}

func hashOf(centroids []Point) string {
	h := sha256.New()
	for _, c := range centroids {
		for _, v := range c {
			h.Write(binary.LittleEndian.AppendUint16(nil, v))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writeGoldens(t *testing.T, got map[string]string) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "package kmeans\n\n%s\nvar goldens = map[string]string{\n", goldensComment)
	for _, name := range slices.Sorted(maps.Keys(got)) {
		fmt.Fprintf(&b, "\t%q: %q,\n", name, got[name])
	}
	b.WriteString("}\n")
	text, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("golden_table_test.go", text, 0o644); err != nil {
		t.Fatal(err)
	}
}

const goldensComment = `// goldens are the SHA-256 sums of the centroids that TestGolden finds, four
// 16-bit numbers a centroid, low bytes first. If results were meant to change,
// run go test ./kmeans -run Golden -update, which writes this file.`
