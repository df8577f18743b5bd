package bench

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/perf/benchfmt"
)

// fabricated is a report whose times are known: of run i (i + 1) times those of the first,
// on the CPU twice those of the GPU but for map.
func fabricated(runs int) *Report {
	r := newReport([]Engine{{Device: Device{Engine: "cpu", Name: "some processor"}}, {Device: Device{Engine: "gpu", Name: "a GPU", Driver: "1.0"}}})
	r.Complete = true
	r.Machine.Processor = "some processor"
	r.Settings.Runs = runs
	times := func(first float64) (list []float64) {
		for i := range runs {
			list = append(list, first*(1+0.01*float64(i)))
		}
		return list
	}
	for i, size := range []int{1000, 2000, 4000} {
		m := &Image{Name: "a|b <i>\n.png", Format: "png", Width: size, Height: 1000, FileBytes: 5e6, PixelBytes: int64(4000 * size), Distinct: 1000, Scaled: i > 0}
		m.Stages = []*Stage{
			{Name: Decode, Seconds: times(0.3), Bytes: 5e6, Warmup: []float64{0.5}},
			{Name: Copy, Engine: "cpu", Seconds: times(0.01), Bytes: int64(4000 * size)},
			{Name: Hash, Engine: "cpu", Seconds: times(0.002)},
			{Name: Copy, Engine: "gpu", Seconds: times(0.001), Bytes: int64(4000 * size)},
		}
		for _, k := range []int{16, 256} {
			psnr := 30.0
			c := &Case{K: k, Colors: k, Steps: 16, Passes: 6, MSE: 195.075, PSNR: &psnr, Bytes: 1e6}
			n := int64(4000 * size)
			c.Stages = []*Stage{
				{Name: Upload, Engine: "gpu", Seconds: times(0.002), Device: times(0.0015), Bytes: n},
				{Name: Count, Engine: "cpu", Seconds: times(0.1), Bytes: n},
				{Name: Count, Engine: "gpu", Seconds: times(0.05), Device: times(0.002), Bytes: n},
				{Name: Cluster, Engine: "cpu", Seconds: times(0.2)},
				{Name: Cluster, Engine: "gpu", Seconds: times(0.1), Device: times(0.03)},
				{Name: Map, Engine: "cpu", Seconds: times(0.04), Bytes: n + n/4},
				{Name: Map, Engine: "gpu", Seconds: times(0.08), Device: times(0.03), Bytes: n + n/4},
				{Name: ReadBack, Engine: "gpu", Seconds: times(0.001), Device: times(0.0005), Bytes: n / 4},
				{Name: EngineSum, Engine: "cpu", Seconds: times(0.34)},
				{Name: EngineSum, Engine: "gpu", Seconds: times(0.2)},
				{Name: Encode, Seconds: times(0.25), Bytes: n / 4},
			}
			m.Cases = append(m.Cases, c)
		}
		r.Images = append(r.Images, m)
	}
	return r
}

func TestText(t *testing.T) {
	text := fabricated(11).words(&plain)
	for _, want := range []string{
		`"a|b <i>\n.png", 1 MP: 1000 x 1000, PNG of 5.00 MB, 1000 distinct colors`,
		"2000 x 1000, scaled",
		"k = 256: 256 colors, MSE 195.1 (PSNR 30.00 dB), 1.00 MB; 16 mini-batch steps, 6 full passes",
		"a plain copy of its pixels in memory: cpu 10.5 ms at 381 MB/s, gpu 1.05 ms at 3810 MB/s",
		// Median, range, device, MP/s, MB/s, share of the copy's speed: on the device for the GPU.
		"count     cpu      105 ms    100 ms ... 110 ms                    9.52  38.1     10 %",
		"gpu     52.5 ms  50.0 ms ... 55.0 ms           2.10 ms  19.0  76.2     50 %",
		"upload    gpu     2.10 ms  2.00 ms ... 2.20 ms           1.57 ms   476  1905    500 %",
		"decode    -        315 ms    300 ms ... 330 ms   500 ms",
		"The cpu and the gpu engine found the same palette and indices in each round.",
		"upload and count  1.92             1.92 ... 1.92", "map and read back 0.494          0.494 ... 0.494", "engine            1.70             1.70 ... 1.70",
		"count: gpu everywhere", "map and read back: cpu everywhere",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\n    ", " "), want) {
			t.Errorf("there is no %q in:\n%s", want, text[:min(len(text), 3000)])
		}
	}
	if strings.Contains(text, "<i>\n") {
		t.Error("a name breaks a line")
	}
	if r := fabricated(11); r.Head()+r.Body(r.Images[0])+r.Body(r.Images[1])+r.Body(r.Images[2])+r.Tail() != text {
		t.Error("the parts are not the whole")
	}
}

// Sums are of runs: decode 0.3, the engine 0.34 or 0.2, encode 0.25.
func TestSums(t *testing.T) {
	m := fabricated(3).Images[0]
	for _, test := range []struct {
		what   comparison
		engine string
		want   float64
	}{{compared[0], "cpu", 0.1}, {compared[0], "gpu", 0.052}, {compared[2], "gpu", 0.081}, {compared[3], "gpu", 0.2}, {compared[4], "cpu", 0.89}, {compared[4], "gpu", 0.75}} {
		got := m.times(m.Cases[0], test.what, test.engine)
		for i := range 3 {
			if want := test.want * (1 + 0.01*float64(i)); math.Abs(got[i]-want) > 1e-9 {
				t.Errorf("%s %s, run %d: got %v, want %v", test.what.name, test.engine, i, got[i], want)
			}
		}
	}
	if m.times(m.Cases[0], compared[4], "other") != nil || m.times(m.Cases[0], compared[0], "other") != nil {
		t.Error("got times of an engine that was not measured")
	}
	if find(m.Cases[0].Stages, Count, "gpu").Seconds[0] != 0.05 {
		t.Error("adding up has changed what was added")
	}
}

func TestVerdictsByPlace(t *testing.T) {
	r := fabricated(10)
	for _, c := range r.Images[0].Cases { // at the smallest size the CPU is faster
		find(c.Stages, Count, "gpu").Seconds = find(r.Images[0].Cases[0].Stages, Cluster, "cpu").Seconds
	}
	if got := strings.Join(r.winners(), "\n"); !strings.Contains(got, "count: gpu at 2 MP k=16, 2 MP k=256, 4 MP k=16 and 4 MP k=256; cpu at 1 MP k=16 and 1 MP k=256") {
		t.Errorf("got %s", got)
	}
}

func TestMarkdown(t *testing.T) {
	var b strings.Builder
	if err := WriteMarkdown(&b, fabricated(2)); err != nil {
		t.Fatal(err)
	}
	columns, tables := 0, map[int]int{}
	for _, line := range strings.Split(b.String(), "\n") {
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = n
			tables[n]++
		case n != columns:
			t.Errorf("got %d columns, want %d: %s", n, columns, line)
		}
	}
	if tables[10] != 6 || tables[4] != 6 || strings.Contains(b.String(), "<i>") || !strings.Contains(b.String(), `\<i\>`) {
		t.Errorf("got tables %v in:\n%s", tables, b.String())
	}
}

func TestJSON(t *testing.T) {
	want := fabricated(3)
	var b bytes.Buffer
	if err := WriteJSON(&b, want); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := ReadJSON(&b)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, name := range []string{`"schema": 1`, `"device_seconds"`, `"warmup_seconds"`, `"distinct_colors": 1000`, `"psnr_db": 30`} {
		if !strings.Contains(text, name) {
			t.Errorf("there is no %s", name)
		}
	}
	const head = `{"schema": 1, "kind": "kompress bench", `
	if _, err := ReadJSON(strings.NewReader(head + `"images": []}`)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "{}", "[1]", `{"schema": 1}`, text + "{}",
		head + `"images": [null]}`, head + `"images": [{"cases": [null]}]}`, head + `"images": [{"stages": [null]}]}`, head + `"images": [{"cases": [{"stages": [null]}]}]}`,
		head + `"images": [{"cases": [{"mse": -5}]}]}`, head + `"images": [{"cases": [{"png_bytes": 1, "bytes": -1}]}]}`,
		head + `"images": [{"stages": [{"seconds": [-1]}]}]}`, head + `"images": [{"stages": [{"seconds": [1e308]}]}]}`, `{"schema": 2}`, text[:len(text)/2]} {
		if _, err := ReadJSON(strings.NewReader(bad)); err == nil {
			t.Errorf("%.20s was read", bad)
		}
	}
}

// Every time is in a row of its own.
func TestCSV(t *testing.T) {
	r := fabricated(3)
	var b bytes.Buffer
	if err := WriteCSV(&b, r); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 + 3*(4*3+1+2*11*3); len(rows) != want {
		t.Errorf("got %d rows, want %d", len(rows), want)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	sum, devices := 0.0, 0
	for _, row := range rows[1:] {
		if row[column["image"]] != r.Images[0].Name {
			t.Fatalf("got name %q", row[column["image"]])
		}
		if row[column["stage"]] == Cluster && row[column["engine"]] == "gpu" && row[column["warmup"]] == "false" {
			v, _ := strconv.ParseFloat(row[column["seconds"]], 64)
			sum += v
			if row[column["device_seconds"]] != "" {
				devices++
			}
		}
	}
	if want := 6 * 0.1 * 3.03; math.Abs(sum-want) > 1e-9 || devices != 18 {
		t.Errorf("cluster on the GPU: got %v seconds in all and %d device times, want %v and 18", sum, devices, want)
	}
}

// benchstat's own reader takes the lines.
func TestGoBench(t *testing.T) {
	var b bytes.Buffer
	if err := WriteGoBench(&b, fabricated(3)); err != nil {
		t.Fatal(err)
	}
	reader := benchfmt.NewReader(&b, "x")
	lines, found := 0, 0.0
	for reader.Scan() {
		switch record := reader.Result().(type) {
		case *benchfmt.Result:
			lines++
			if strings.HasPrefix(string(record.Name), "Map/image=a|b_<i>_.png/size=1000x1000/k=16/engine=gpu") {
				v, _ := record.Value("sec/op")
				found += v
			}
		case *benchfmt.SyntaxError:
			t.Error(record)
		}
	}
	if want := 3 * (4*3 + 2*(11+2)*3); lines != want {
		t.Errorf("got %d lines, want %d", lines, want)
	}
	if math.Abs(found-0.08*3.03) > 1e-6 {
		t.Errorf("map on the GPU: got %v seconds in all", found)
	}
}

func TestStrain(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text + "\n")} }
	calm := strain{limit: 1}
	for name, test := range map[string]struct {
		sys  fstest.MapFS
		want strain
	}{
		"nothing to read": {fstest.MapFS{}, calm},
		"battery": {fstest.MapFS{
			"class/power_supply/AC/type": file("Mains"), "class/power_supply/AC/online": file("0"),
			"class/power_supply/BAT0/type": file("Battery"), "class/power_supply/BAT0/status": file("Discharging"),
		}, strain{limit: 1, battery: true}},
		"charging": {fstest.MapFS{"class/power_supply/BAT0/type": file("Battery"), "class/power_supply/BAT0/status": file("Charging")}, calm},
		"a mouse": {fstest.MapFS{
			"class/power_supply/hid/type": file("Battery"), "class/power_supply/hid/status": file("Discharging"), "class/power_supply/hid/scope": file("Device"),
		}, calm},
		"heat": {fstest.MapFS{
			"devices/system/cpu/cpu0/thermal_throttle/core_throttle_count":    file("3"),
			"devices/system/cpu/cpu1/thermal_throttle/core_throttle_count":    file("4"),
			"devices/system/cpu/cpu1/thermal_throttle/package_throttle_count": file("100"),
		}, strain{limit: 1, throttled: 7}},
		"container": {fstest.MapFS{"fs/cgroup/cpu.stat": file("usage_usec 12\nnr_periods 50\nnr_throttled 9")}, strain{limit: 1, held: 9}},
		"frequency": {fstest.MapFS{
			"devices/system/cpu/cpu0/cpufreq/scaling_max_freq": file("1500000"), "devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": file("3000000"),
			"devices/system/cpu/cpu1/cpufreq/scaling_max_freq": file("3000000"), "devices/system/cpu/cpu1/cpufreq/cpuinfo_max_freq": file("3000000"),
		}, strain{limit: 0.5}},
	} {
		if got := strainIn(test.sys); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// Each warning names what helps, and none comes without a reason.
func TestWarnings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Report)
		want   []string // of one warning
	}{
		"nothing": {func(*Report) {}, nil},
		"software": {func(r *Report) { r.Engines[1].Name, r.Engines[1].Software = "llvmpipe", true },
			[]string{"llvmpipe runs on the CPU: this is no GPU", "--device", "--engine cpu"}},
		"slow first run": {func(r *Report) { r.Images[0].Cases[0].Stages[1].Seconds[0] *= 3 },
			[]string{"first run of count cpu", "--warmup 3"}},
		"few runs": {func(r *Report) {
			r.Images = fabricated(3).Images
		}, []string{"3 runs of each: too few", "--runs 10"}},
		"enough runs": {func(r *Report) { r.Images = fabricated(5).Images }, nil},
		"a slow first run among slow ones": {func(r *Report) {
			s := r.Images[0].Cases[0].Stages[1].Seconds
			for i := range s {
				s[i] *= 1 + float64(i%2)
			}
			s[0] *= 2.8
		}, []string{"times vary", "count cpu"}},
		"others": {func(r *Report) { r.Machine.Busy = 0.3 }, []string{"other programs use 30 % of all cores", "--runs"}},
		"spread": {func(r *Report) {
			s := r.Images[2].Cases[1].Stages[5].Seconds
			for i := range s {
				s[i] *= 1 + 0.3*float64(i%2)
			}
		}, []string{"map cpu", "k=256", "--runs"}},
		"difference": {func(r *Report) { r.Images[0].Cases[0].Differ = "gpu has other indices" }, []string{"other indices", "No ratio"}},
	} {
		r := fabricated(11)
		r.Settings.Warmup = 1
		test.change(r)
		r.WarnEarly()
		r.Warnings = slices.DeleteFunc(r.Warnings, func(s string) bool { return strings.Contains(s, "battery") }) // this machine's
		r.early = len(r.Warnings)
		r.warnRuns(strain{limit: 1}, strain{limit: 1})
		if (len(r.Warnings) == 0) != (test.want == nil) || len(r.Warnings) > 1 {
			t.Errorf("%s: got %q", name, r.Warnings)
			continue
		}
		for _, word := range test.want {
			if !strings.Contains(r.Warnings[0], word) {
				t.Errorf("%s: got %q, want %q in it", name, r.Warnings[0], word)
			}
		}
	}
	r := fabricated(11)
	r.warnStrain(strain{limit: 1}, strain{throttled: 2, held: 3, limit: 0.5})
	for i, word := range []string{"too hot", "share of the processor", "50 %"} {
		if len(r.Warnings) != 3 || !strings.Contains(r.Warnings[i], word) {
			t.Errorf("got %q, want %q in warning %d", r.Warnings, word, i)
		}
	}
}

// noisy makes times vary by a tenth, each by other numbers.
func noisy(r *Report, seed uint64) *Report {
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, m := range r.Images {
		m.stages(func(_ string, s *Stage) {
			for i := range s.Seconds {
				s.Seconds[i] *= 1 + 0.1*rng.NormFloat64()
			}
		})
	}
	return r
}

// Noise is none, whatever the numbers; a third slower is a change.
func TestBaseline(t *testing.T) {
	for seed := range uint64(20) {
		lines := noisy(fabricated(10), 2*seed).Compare(noisy(fabricated(10), 2*seed+1))
		if strings.Contains(strings.Join(lines, ""), "->") || !strings.HasPrefix(lines[len(lines)-1], "69 times of 69 did not change") {
			t.Errorf("seed %d: got %q", seed, lines)
		}
	}
	now := noisy(fabricated(10), 100)
	s := find(now.Images[1].Cases[1].Stages, Map, "gpu")
	for i := range s.Seconds {
		s.Seconds[i] *= 1.5
	}
	u := find(now.Images[0].Stages, Decode, "")
	for i := range u.Seconds {
		u.Seconds[i] /= 2
	}
	text := strings.Join(now.Compare(noisy(fabricated(10), 101)), "\n")
	for _, want := range []string{"2 MP k=256 map gpu", "times slower", "1 MP decode", "times faster", "67 times of 69"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in:\n%s", want, text)
		}
	}
}

// A machine that was slower the other time is no change of the program's, and one that
// changed more is found all the same.
func TestBaselineOfSlowMachine(t *testing.T) {
	for _, factor := range []float64{1.4, 0.7} {
		now := noisy(fabricated(10), 7)
		for _, m := range now.Images {
			m.stages(func(_ string, s *Stage) {
				for i := range s.Seconds {
					s.Seconds[i] *= factor
				}
			})
		}
		s := find(now.Images[0].Cases[0].Stages, Cluster, "gpu")
		for i := range s.Seconds {
			s.Seconds[i] *= factor * factor
		}
		text := strings.Join(now.Compare(noisy(fabricated(10), 8)), "\n")
		if !strings.Contains(text, "the machine itself took") || !strings.Contains(text, "(copy)") || !strings.Contains(text, "(hash)") ||
			!strings.Contains(text, "1 MP k=16 cluster gpu") || !strings.Contains(text, "68 times of 69") {
			t.Errorf("%v: got:\n%s", factor, text)
		}
	}
}

// Times that are too short for a clock break nothing.
func TestNoTimeAtAll(t *testing.T) {
	r := fabricated(7)
	for _, m := range r.Images {
		m.stages(func(_ string, s *Stage) { clear(s.Seconds); clear(s.Device) })
	}
	for name, write := range Formats {
		var b strings.Builder
		if err := write(&b, r); err != nil || strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
			t.Errorf("%s: got error %v, or NaN or Inf in:\n%.2000s", name, err, b.String())
		}
	}
	if err := Plot(io.Discard, r, "svg"); err != nil {
		t.Error(err)
	}
	for _, line := range r.Compare(fabricated(7)) {
		if strings.Contains(line, "NaN") {
			t.Error(line)
		}
	}
}

// Small changes are found in many runs, and are none of those beyond the noise while
// most times of one run are like those of the other.
func TestBaselineOfOverlap(t *testing.T) {
	now, old := fabricated(60), fabricated(60)
	s := find(now.Images[1].Cases[1].Stages, Map, "gpu")
	for i := range s.Seconds {
		s.Seconds[i] *= 1.2
	}
	before := slices.Clone(s.Seconds)
	slices.Reverse(s.Seconds)
	slices.Reverse(before)
	if lines := now.Compare(old); len(lines) != 1 {
		t.Errorf("got %q", lines)
	}
	if !slices.Equal(s.Seconds, before) {
		t.Error("the runs are no longer in their order")
	}
	if c := newChange("", find(old.Images[1].Cases[1].Stages, Map, "gpu"), s, 1, 1); c.p > 1e-4 {
		t.Errorf("got a chance of %v: the test tests nothing", c.p)
	}
}

func TestBaselineOfOtherWork(t *testing.T) {
	now, old := fabricated(10), fabricated(10)
	now.Machine.Processor, old.Machine.Processor = "new one", "old one"
	now.Engines[1].Driver = "2.0"
	old.Complete = false
	now.Images[0].Cases[0].MSE, now.Images[0].Cases[1].Bytes = 200, 2e6
	old.Images = old.Images[:2]
	text := strings.Join(now.Compare(old), "\n")
	for _, want := range []string{"processor was old one and is new one", "a GPU 1.0 and runs on a GPU 2.0", "not complete", "MSE 195.07 -> 200.00 (+2.52 %)",
		"1000000 -> 2000000 bytes (+100.00 %)", "23 times of this run are not in the earlier one"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in:\n%s", want, text)
		}
	}
	old.Images = nil
	if lines := now.Compare(old); !strings.Contains(lines[len(lines)-1], "nothing to compare") {
		t.Errorf("got %q", lines)
	}
	// Of three runs nothing can be told.
	if text := strings.Join(fabricated(3).Compare(fabricated(3)), "\n"); !strings.Contains(text, "--runs 9") {
		t.Errorf("got:\n%s", text)
	}
}

func TestEnough(t *testing.T) {
	for comparisons, want := range map[int]int{1: 5, 10: 7, 69: 9, 1000: 11} {
		if got := enough(comparisons); got != want {
			t.Errorf("%d comparisons: got %d, want %d", comparisons, got, want)
		}
	}
}

func TestPlot(t *testing.T) {
	r := fabricated(10)
	var svg, raster bytes.Buffer
	if err := Plot(&svg, r, "svg"); err != nil {
		t.Fatal(err)
	}
	text := svg.String()
	for d := xml.NewDecoder(&svg); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the SVG is none: %v", err)
		}
	}
	for _, want := range append([]string{"times as fast", "gpu against cpu, by size", "gpu against cpu, by k", "some processor", "megapixels", "k = 16", "k = 256", "4 MP", ">engine and k<"}, allStages...) {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in the SVG", want)
		}
	}
	if err := Plot(&raster, r, "png"); err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(&raster)
	if err != nil {
		t.Fatal(err)
	}
	if size := m.Bounds().Size(); size.X != 2008 || size.Y < 1400 {
		t.Errorf("got %v", size)
	}
	for stage, c := range stageColors {
		if !shows(m, c) {
			t.Errorf("no pixel has the color of %s", stage)
		}
	}
	if err := Plot(io.Discard, r, "gif"); err == nil {
		t.Error("drew a GIF")
	}
	if err := Plot(io.Discard, new(Report), "svg"); err == nil {
		t.Error("drew nothing")
	}
}

// shows looks at every fifth pixel: what is drawn is larger.
func shows(m image.Image, c color.Color) bool {
	for y := 0; y < m.Bounds().Dy(); y += 5 {
		for x := 0; x < m.Bounds().Dx(); x += 5 {
			if color.RGBAModel.Convert(m.At(x, y)) == color.RGBAModel.Convert(c) {
				return true
			}
		}
	}
	return false
}

// Bars are as high as all stages together, marks reach from the least ratio to the
// greatest.
func TestPlotHeights(t *testing.T) {
	r := fabricated(11)
	p, err := r.barPanel(r.Images[0])
	if err != nil || math.Abs(p.Y.Max-1e3*0.89*1.05*1.05) > 1e-6 || p.Y.Label.Text != "ms" {
		t.Errorf("got bars up to %v %s, %v", p.Y.Max, p.Y.Label.Text, err)
	}
	reach := reaches([]point{{1, Ratio{Summary: Summary{Min: 1, Median: 3, Max: 7}}}})
	if reach[0].Low != 2 || reach[0].High != 4 {
		t.Errorf("got %v", reach)
	}
}

// What there is none of is not drawn, and many of a kind do not end it.
func TestPlotsOfFewAndMany(t *testing.T) {
	one := fabricated(1)
	one.Engines = one.Engines[:1]
	many := fabricated(2)
	for i := range 20 {
		m := *many.Images[0]
		m.Name = fmt.Sprintf("%d, %s", i, strings.Repeat("long ", 40))
		many.Images = append(many.Images, &m)
	}
	differ := fabricated(2)
	for _, m := range differ.Images {
		for _, c := range m.Cases {
			c.Differ = "x"
		}
	}
	tiny := fabricated(2)
	tiny.Images = tiny.Images[:1]
	tiny.Images[0].Cases = tiny.Images[0].Cases[:1]
	for name, test := range map[string]struct {
		r      *Report
		panels int
	}{"one engine": {one, 3}, "many": {many, 24}, "differ": {differ, 3}, "one case": {tiny, 3}} {
		panels, err := test.r.panels()
		if err != nil || len(panels) != test.panels {
			t.Errorf("%s: got %d panels, %v, want %d", name, len(panels), err, test.panels)
		}
		if err := Plot(io.Discard, test.r, "svg"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
