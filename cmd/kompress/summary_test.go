package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kompress/gpu"
)

var numbers = regexp.MustCompile(`\d+(\.\d+)?`)
var durations = regexp.MustCompile(`N (ms|s)\b`)

// masked replaces what differs from run to run.
func masked(s string) string {
	return durations.ReplaceAllString(numbers.ReplaceAllString(s, "N"), "T")
}

func TestSummaryText(t *testing.T) {
	t.Chdir(t.TempDir())
	photo(t, ".")
	writePNG(t, "few.png", colorful(3))
	auto := "too small for a GPU, which pays for images from N megapixels"
	if !gpu.Built {
		auto = "this program has no GPU engine"
	}
	for _, test := range []struct{ args, want string }{
		{"-k 8 photo.png", "photo.kN.png: N kB -> N kB (N %, N times smaller), N colors, PSNR N dB, T\n"},
		{"-k 9 few.png", "few.kN.png: N B -> N B (N %, N times smaller), N colors, lossless, T\n"},
		{"-q -k 7 photo.png", ""},
		{"-v -k 6 photo.png", `photo.kN.png: N kB -> N kB (N %, N times smaller), N colors, PSNR N dB, T
  PNG, N x N, N distinct colors -> PNG, dither none
  decode T, count T, cluster T, map T, encode T
  engine cpu (N threads; auto: ` + auto + `)
  N mini-batch steps, N full passes
`},
		{"-v --engine cpu few.png", `few.kN.png: N B -> N B (N %, N times smaller), N colors, lossless, T
  PNG, N x N, N distinct colors -> PNG, dither none
  decode T, count T, cluster T, map T, encode T
  engine cpu (N threads)
  nothing to cluster
`},
	} {
		t.Run(test.args, func(t *testing.T) {
			r := kompress(t, append([]string{"compress"}, strings.Fields(test.args)...)...)
			if r.code != exitDone || r.stderr != "" {
				t.Fatalf("got status %d, %q", r.code, r.stderr)
			}
			got := strings.Replace(masked(r.stdout), "N thread)", "N threads)", 1)
			if got = strings.Replace(got, "N thread;", "N threads;", 1); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// The same summary, in full: masks hide wrong numbers.
func TestSummaryNumbers(t *testing.T) {
	psnr := 31.415
	s := summary{Output: "x.k16.png", BytesIn: 2_500_000, BytesOut: 999, Colors: 1, PSNR: &psnr}
	s.Seconds.Total = 1.2345
	if got, want := s.line(), "x.k16.png: 2.50 MB -> 999 B (0.04 %, 2503 times smaller), 1 color, PSNR 31.41 dB, 1.23 s"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s = summary{Output: "a\nb.png", BytesIn: 1000, BytesOut: 1500, Colors: 2, Lossless: true}
	if got, want := s.line(), `"a\nb.png": 1.0 kB -> 1.5 kB (150.0 %, larger), 2 colors, lossless, 0.0 ms`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	s = summary{Output: "a b é.png", BytesIn: 3e9, BytesOut: 3e9, Colors: 2, Lossless: true}
	if got, want := s.line(), "a b é.png: 3.00 GB -> 3.00 GB (same size), 2 colors, lossless, 0.0 ms"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestJSON(t *testing.T) {
	folder := t.TempDir()
	a := photo(t, folder)
	b := writePNG(t, filepath.Join(folder, "b & <b>.png"), colorful(3))
	r := kompress(t, "compress", "--json", "-v", a, b)
	lines := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	if r.code != exitDone || len(lines) != 3 {
		t.Fatalf("got %+v, want three lines", r)
	}
	const fields = "bytes_in bytes_out colors colors_asked converged distinct_colors dither engine format format_out height input " +
		"lossless mse output passes psnr_db ratio seconds steps width"
	var objects [2]map[string]any
	for i, line := range lines[:2] {
		if err := json.Unmarshal([]byte(line), &objects[i]); err != nil {
			t.Fatal(err)
		}
		checkKeys(t, objects[i], fields)
		checkKeys(t, objects[i]["seconds"].(map[string]any), "cluster count decode encode map total")
	}
	lossy, lossless := objects[0], objects[1]
	if lossy["psnr_db"].(float64) < 20 || lossy["mse"].(float64) <= 0 || lossy["lossless"] != false ||
		lossy["width"] != 160. || lossy["height"] != 120. || lossy["format"] != "png" || lossy["engine"] != "cpu" ||
		lossy["colors_asked"] != 16. || lossy["colors"] != 16. || lossy["distinct_colors"].(float64) < 1000 ||
		lossy["steps"] == 0. || lossy["passes"] == 0. {
		t.Errorf("got %s", lines[0])
	}
	if lossless["psnr_db"] != nil || lossless["mse"] != 0. || lossless["lossless"] != true || lossless["colors"] != 3. ||
		lossless["distinct_colors"] != 3. || lossless["input"] != b || !strings.Contains(lines[1], "b & <b>.png") {
		t.Errorf("got %s", lines[1])
	}
	in, out := lossy["bytes_in"].(float64), lossy["bytes_out"].(float64)
	if in != float64(len(readFile(t, a))) || out != float64(len(readFile(t, lossy["output"].(string)))) || lossy["ratio"] != out/in {
		t.Errorf("got sizes %v, %v, ratio %v, unlike those of the files", in, out, lossy["ratio"])
	}
	checkTimes(t, lossy["seconds"].(map[string]any))
	var all struct{ Summary map[string]any }
	if err := json.Unmarshal([]byte(lines[2]), &all); err != nil {
		t.Fatal(err)
	}
	checkKeys(t, all.Summary, "bytes_in bytes_out done failed files ratio seconds skipped_larger skipped_quality up_to_date")
	if all.Summary["bytes_in"] != in+lossless["bytes_in"].(float64) || all.Summary["bytes_out"] != out+lossless["bytes_out"].(float64) || all.Summary["done"] != 2. {
		t.Errorf("got %s", lines[2])
	}
}

// Flags that change the result are told where they were given.
func TestWishes(t *testing.T) {
	in := photo(t, t.TempDir())
	r := kompress(t, "compress", "--json", in, "--compression=fast", "--importance=hue", "--posterize=2")
	if want := `"compression":"fast","importance":"hue","posterize":2,"format_out":"png"`; !strings.Contains(r.stdout, want) {
		t.Errorf("got %+v, want %s", r, want)
	}
}

func checkKeys(t *testing.T, object map[string]any, want string) {
	t.Helper()
	var keys []string
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("got fields %s\nwant %s", got, want)
	}
}

// checkTimes wants stages that took time and add up to nearly the total.
func checkTimes(t *testing.T, seconds map[string]any) {
	t.Helper()
	sum, total := 0., seconds["total"].(float64)
	for name, s := range seconds {
		if s.(float64) <= 0 {
			t.Errorf("%s took %v s", name, s)
		}
		if name != "total" {
			sum += s.(float64)
		}
	}
	if sum > total || sum < total/2 {
		t.Errorf("stages took %v s, all %v s", sum, total)
	}
}
