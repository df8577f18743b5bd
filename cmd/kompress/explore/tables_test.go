package explore

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"kompress/cmd/kompress/words"
	"kompress/quantize"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// reportOf explores nothing again: it puts a few samples into a report.
func reportOf(t testing.TB, names ...string) *Report {
	t.Helper()
	all := samples(t)
	r := NewReport("kompress test", quantize.Options{Colors: 4})
	for _, name := range names {
		if all[name] == nil {
			continue // there are fewer with the race detector
		}
		x := *exploreSample(t, name, all[name])
		x.Name = name + ".png"
		r.Images = append(r.Images, &x)
	}
	return r
}

func allSamples(t testing.TB) *Report {
	return reportOf(t, "photo", "translucent", "gray16", "pixel", "one", "two", "five", "hundred", "transparent", "column")
}

func written(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The CSV has exactly what the JSON has: here the JSON is taken apart without a look at
// the types behind it.
func TestTablesAgree(t *testing.T) {
	r := allSamples(t)
	r.Images[0].Name = "=a,\"b\"\nc.png"
	var whole map[string]any
	d := json.NewDecoder(bytes.NewReader(written(t, func(b *bytes.Buffer) error { return r.WriteJSON(b) })))
	d.UseNumber()
	if err := d.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	images := whole["images"].([]any)
	delete(whole, "images")
	flatten(want, "", "report", "0", whole)
	for _, m := range images {
		m := m.(map[string]any)
		name := m["name"].(string)
		if name[0] == '=' {
			name = "./" + name
			m["name"] = name
		}
		flattenImage(want, name, m)
	}
	rows, err := csv.NewReader(bytes.NewReader(written(t, func(b *bytes.Buffer) error { return r.WriteCSV(b) }))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "image,table,row,column,value" {
		t.Errorf("got columns %s", got)
	}
	for _, row := range rows[1:] {
		key := strings.Join(row[:4], "|")
		if w, there := want[key]; !there || w != row[4] {
			t.Errorf("%q: got %q, JSON has %q", key, row[4], w)
		}
		delete(want, key)
	}
	for key, v := range want {
		if v != "" { // what JSON leaves out is empty
			t.Errorf("%q is missing: %s", key, v)
		}
	}
}

func flatten(to map[string]string, image, table, row string, columns map[string]any) {
	for column, v := range columns {
		text := ""
		switch v := v.(type) {
		case nil:
		case bool, json.Number, string:
			text = fmt.Sprint(v)
		default:
			continue
		}
		to[strings.Join([]string{image, table, row, column}, "|")] = text
	}
}

func flattenImage(to map[string]string, name string, m map[string]any) {
	flatten(to, name, "image", "0", m)
	for table, v := range m {
		switch v := v.(type) {
		case map[string]any:
			if table == "histogram" {
				for channel, counts := range v {
					for i, n := range counts.([]any) {
						flatten(to, name, table, strconv.Itoa(i), map[string]any{channel: n})
					}
				}
				continue
			}
			flatten(to, name, table, "0", v)
			if levels, ok := v["levels"].([]any); ok {
				flattenRows(to, name, "levels", levels)
			}
		case []any:
			flattenRows(to, name, table, v)
		}
	}
	for _, column := range []string{"reason"} {
		to[name+"|elbow|0|"+column] += ""
	}
	for i := range targetPSNRs {
		for column, empty := range map[string]string{"reason": "", "colors": "0"} {
			key := fmt.Sprintf("%s|targets|%d|%s", name, i, column)
			if _, there := to[key]; !there {
				to[key] = empty
			}
		}
	}
}

func flattenRows(to map[string]string, name, table string, rows []any) {
	for i, row := range rows {
		row := row.(map[string]any)
		number := strconv.Itoa(i)
		if table == "sweep" {
			number = row["k"].(json.Number).String()
		}
		flatten(to, name, table, number, row)
	}
}

// The page has the numbers of the tables.
func TestPageHasTheNumbers(t *testing.T) {
	skipRace(t)
	r := allSamples(t)
	text := string(written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) }))
	for i, m := range r.Images {
		_, article, _ := strings.Cut(text, fmt.Sprintf(`<article id="i%d"`, i+1))
		article, _, _ = strings.Cut(article, "</article>")
		want := []string{groupedInt(int64(m.Distinct)), words.Bytes(m.Result.Bytes)}
		for _, s := range m.Sweep {
			want = append(want, fmt.Sprintf(`<tr><th scope="row">%d</th><td>%d</td><td>%s</td><td>%s</td><td>%d</td></tr>`,
				s.K, s.Colors, numberText(s.MSE), psnrText(s.PSNR), s.Bytes))
		}
		for _, c := range viewStages(m.Convergence) {
			want = append(want, "<td>"+c.Text+"</td>")
		}
		for v := range 256 {
			h := &m.Histogram
			want = append(want, fmt.Sprintf(`<tr><th scope="row">%d</th><td>%d</td><td>%d</td><td>%d</td></tr>`, v, h.Red[v], h.Green[v], h.Blue[v]))
		}
		for _, e := range m.Palette {
			want = append(want, "<code>"+e.Hex+"</code><small>"+strings.ReplaceAll(percentText(e.Share), "<", "&lt;")+"</small>")
		}
		for _, g := range m.Targets {
			if g.K != nil {
				want = append(want, fmt.Sprintf(`<tr><th scope="row">%.0f</th><td>%d</td><td>%s</td><td>%d</td></tr>`, g.Want, *g.K, psnrText(g.PSNR), *g.Bytes))
			}
		}
		if m.Elbow.K != nil {
			want = append(want, fmt.Sprintf("k = %d</dd>", *m.Elbow.K))
		}
		for _, w := range want {
			if !strings.Contains(article, w) {
				t.Errorf("%s: %q is missing", m.Name, w)
			}
		}
	}
}

// The page needs nothing from elsewhere, and no script but its own runs.
func TestPageIsSelfContained(t *testing.T) {
	text := string(written(t, func(b *bytes.Buffer) error { return allSamples(t).WriteHTML(t.Context(), b) }))
	for _, never := range []string{"ZgotmplZ", "xlink:", "<link", "@import", "url(", "\x01", "#FE01", "http-equiv=\"refresh\""} {
		if strings.Contains(text, never) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, attribute := range []string{`src="`, `href="`} {
		for _, rest := range strings.Split(text, attribute)[1:] {
			if !strings.HasPrefix(rest, "data:image/png;base64,") && !strings.HasPrefix(rest, "#i") {
				t.Errorf("the page has %s%.60s", attribute, rest)
			}
		}
	}
	if !strings.Contains(text, "default-src &#39;none&#39;; img-src data:; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-") {
		t.Error("the page has no policy")
	}
	// Else browsers would keep the proportions of points that axes do not have.
	if n := strings.Count(text, "<image "); n == 0 || strings.Count(text, `preserveAspectRatio="none" href=`) != n {
		t.Errorf("not all of %d pictures in charts fill their place", n)
	}
	if strings.Count(text, "<script") != 1 {
		t.Error("the page has more than one script")
	}
}

var oddNames = []string{
	`<script>alert(1)</script>.png`, `"onmouseover="alert(1)`, `';alert(1)//`, "new\nline.png", "tab\t\r.png", "\xff\xfe.png", "\x00",
	"\u202egnp.exe", "日本 é 😀.png", "=cmd|'/c calc'!A1", "+1.png", "@x", "-2.png", "</title><svg onload=alert(1)>", "{{.}}", "a&b;.png", "]]>", "-->",
}

// oddReport has an image under all odd names.
func oddReport(t testing.TB) *Report {
	r := reportOf(t, "five")
	one := *r.Images[0]
	one.figures.previews = nil // once is enough for the browser
	r.Images = nil
	for _, name := range oddNames {
		x := one
		x.Name = name
		r.Images = append(r.Images, &x)
		if raceEnabled {
			break
		}
	}
	return r
}

// However a file is called, it is text.
func TestOddNames(t *testing.T) {
	r := oddReport(t)
	text := string(written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) }))
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\u202e") {
		t.Error("the page is no plain UTF-8")
	}
	if strings.Count(text, "<script") != 1 || strings.Contains(text, "<svg onload") || strings.Contains(text, `"onmouseover=`) || strings.Count(text, "</title>") != 1 {
		t.Error("a name got into the page")
	}
	var back Report
	if err := json.Unmarshal(written(t, func(b *bytes.Buffer) error { return r.WriteJSON(b) }), &back); err != nil {
		t.Fatal(err)
	}
	for i, m := range r.Images {
		if got := back.Images[i].Name; utf8.ValidString(m.Name) && got != m.Name {
			t.Errorf("%q: JSON has %q", m.Name, got)
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(written(t, func(b *bytes.Buffer) error { return r.WriteCSV(b) }))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("a spreadsheet takes %q for a formula", cell)
			}
			if !utf8.ValidString(cell) {
				t.Fatalf("CSV has %q, which is no text", cell)
			}
		}
	}
}

// A name in the title is text, too: it is there for a single image.
func TestOddTitle(t *testing.T) {
	skipRace(t)
	r := reportOf(t, "five")
	r.Images[0].Name = "<title><script>"
	text := string(written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) }))
	if !strings.Contains(text, "<title>&lt;title&gt;&lt;script&gt;: k-means") {
		t.Error("the name is not in the title, or not as text")
	}
}

// Every chart can be drawn for every sample, for the page and as a file.
func TestPlots(t *testing.T) {
	skipRace(t)
	r := reportOf(t, "photo", "five", "transparent", "pixel")
	r.Images = append(r.Images, r.Images[1]) // given twice
	names := map[string]int{}
	err := r.Plots(t.Context(), func(name string, data []byte) error {
		names[name]++
		if !strings.HasSuffix(name, ".png") || !bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Errorf("%s: got %.20q", name, data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range names {
		if n > 1 {
			t.Errorf("%d plots are called %s", n, name)
		}
	}
	for _, want := range []string{"photo.error.png", "photo.red-green-after.png", "five-2.cube-before.png", "photo.error-map.png"} {
		if names[want] == 0 {
			t.Errorf("there is no %s", want)
		}
	}
	err = r.Plots(t.Context(), func(string, []byte) error { return errTest })
	if err != errTest {
		t.Errorf("got %v, want the error of write", err)
	}
}

// Two runs give the same page but for the times they took.
func TestPageIsRepeatable(t *testing.T) {
	skipRace(t)
	r := reportOf(t, "five")
	first := written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) })
	for range 2 {
		if !bytes.Equal(first, written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) })) {
			t.Fatal("the page differs")
		}
	}
}

// Titles, which only files have, are not cut off: being centred, they would begin left
// of the chart.
func TestTitlesFit(t *testing.T) {
	skipRace(t)
	for _, c := range reportOf(t, "photo").Images[0].charts() {
		canvas := vgsvg.New(vg.Length(c.width), vg.Length(c.height))
		c.draw(draw.New(canvas), onWhite())
		text := written(t, func(b *bytes.Buffer) error {
			_, err := canvas.WriteTo(b)
			return err
		})
		if at := bytes.Index(text, []byte(`<text x="-`)); at >= 0 {
			t.Errorf("%s: %.250s is cut off", c.id, text[at:])
		}
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{groupedInt(0), "0"}, {groupedInt(999), "999"}, {groupedInt(1000), "1,000"}, {groupedInt(16777216), "16,777,216"},
		{numberText(0), "0"}, {numberText(12345.6), "12346"}, {numberText(64.2657), "64.27"}, {numberText(0.012346), "0.01235"},
		{percentText(0), "0 %"}, {percentText(1), "100 %"}, {percentText(1e-9), "< 0.01 %"}, {percentText(0.99999), "> 99.9 %"}, {percentText(0.0512), "5.12 %"}, {percentText(0.5), "50.0 %"},
		{plural(1, "color"), "1 color"}, {plural(0, "color"), "0 colors"}, {plural(1234, "color"), "1,234 colors"},
		{ordinal(2), "2nd"}, {ordinal(3), "3rd"}, {ordinal(8), "8th"}, {ordinal(11), "11th"}, {ordinal(21), "21st"}, {ordinal(112), "112th"},
		{words.Printable("a b.png"), "a b.png"}, {words.Printable("a\nb"), `"a\nb"`},
		{words.Bytes(999), "999 B"}, {words.Bytes(39400), "39.4 kB"}, {words.Bytes(4_970_000), "4.97 MB"}, {words.Bytes(2_000_000_000), "2.00 GB"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
