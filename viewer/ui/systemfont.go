package ui

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A systemFont is a font that is installed. It is for one goroutine at a time.
type systemFont struct {
	path  string
	index int // in a collection
	runes fontscan.RuneSet

	opened bool
	parsed *opentype.Font // nil if it cannot be read
}

// systemFonts looks for the fonts of the system, which takes seconds the first time.
// There are none if that fails. It returns the plainest first.
func systemFonts() (fonts []*systemFont) {
	defer func() {
		if recover() != nil {
			fonts = nil
		}
	}()
	folder, remove := cacheFolder()
	defer remove()
	found, err := fontscan.SystemFonts(silence{}, folder)
	if err != nil {
		return nil
	}
	slices.SortStableFunc(found, func(a, b fontscan.Footprint) int {
		return cmp.Compare(oddity(a), oddity(b))
	})
	for _, f := range found {
		fonts = append(fonts, &systemFont{path: f.Location.File, index: int(f.Location.Index), runes: f.Runes})
	}
	return fonts
}

// silence logs nothing.
type silence struct{}

func (silence) Printf(string, ...any) {}

// cacheFolder returns a folder for the index of fonts, and what to do when the index
// has been written. Fontscan fails if it cannot write one, so that where there is no
// folder to keep it in, it gets one to throw away.
func cacheFolder() (folder string, remove func()) {
	remove = func() {}
	if cache, err := os.UserCacheDir(); err == nil {
		folder = filepath.Join(cache, "kompress")
		if writable(folder) {
			return folder, remove
		}
	}
	if folder, err := os.MkdirTemp("", "kompress"); err == nil {
		return folder, func() { os.RemoveAll(folder) }
	}
	return folder, remove
}

// writable makes a folder and tells whether files can be written there.
func writable(folder string) bool {
	if os.MkdirAll(folder, 0o700) != nil {
		return false
	}
	file, err := os.CreateTemp(folder, "")
	if err != nil {
		return false
	}
	file.Close()
	return os.Remove(file.Name()) == nil
}

// oddity is the greater the less a font looks like plain text of no serifs, as the Go
// font does. The last resort, a font of macOS, has boxes for all runes.
func oddity(f fontscan.Footprint) int {
	odd := 0
	for i, is := range []bool{
		!strings.Contains(f.Family, "sans"),
		f.Aspect.Stretch != font.StretchNormal,
		f.Aspect.Weight < font.WeightNormal-50 || f.Aspect.Weight > font.WeightMedium,
		f.Aspect.Style != font.StyleNormal,
		strings.Contains(f.Family, "lastresort"),
	} {
		if is {
			odd += 1 << i
		}
	}
	return odd
}

// draws tells whether the font has an outline for a rune. Emoji are often pictures,
// which have none.
func (f *systemFont) draws(r rune) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if !f.opened {
		f.opened = true
		f.parsed = f.parse()
	}
	if f.parsed == nil {
		return false
	}
	var buffer sfnt.Buffer
	glyph, err := f.parsed.GlyphIndex(&buffer, r)
	if err != nil || glyph == 0 {
		return false
	}
	outline, err := f.parsed.LoadGlyph(&buffer, glyph, fixed.I(16), nil)
	return err == nil && (len(outline) > 0 || unicode.IsSpace(r))
}

// parse opens the font, or returns nil. Its file stays open: glyphs are read when they
// are wanted, and some fonts are too large to hold.
func (f *systemFont) parse() *opentype.Font {
	file, err := os.Open(f.path)
	if err != nil {
		return nil
	}
	collection, err := opentype.ParseCollectionReaderAt(file)
	if err == nil {
		if parsed, err := collection.Font(f.index); err == nil {
			return parsed
		}
	}
	file.Close()
	return nil
}
