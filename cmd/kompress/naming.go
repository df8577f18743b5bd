package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"kompress/cmd/kompress/words"
)

// A naming says how results are called: NAME.TAG.FORMAT.
type naming struct{ tag, format string }

// colorsTag is the tag of a result of so many colors at most.
func colorsTag(colors int) string { return fmt.Sprintf("k%d", colors) }

// tag is that of a result of these targets, such as q65-80 or psnr35-max500k: how many
// colors it has differs from image to image.
func (t *targets) tag() string {
	var tags []string
	if t.quality != nil {
		tags = append(tags, fmt.Sprintf("q%d-%d", t.quality.bottom, t.quality.top))
	}
	if t.psnr > 0 {
		tags = append(tags, fmt.Sprintf("psnr%v", t.psnr))
	}
	if n := t.maxBytes; n > 0 {
		unit := ""
		for i := 0; i < 2 && n%1000 == 0; i++ {
			n, unit = n/1000, "kM"[i:i+1]
		}
		tags = append(tags, fmt.Sprintf("max%d%s", n, unit))
	}
	return strings.Join(tags, "-")
}

// resultName is what results are called unless --output says otherwise. The tag of a
// target may have a point in it, and the name of a file may have an end of line.
var resultName = regexp.MustCompile(`(?s)^(.+)\.(?:k[1-9][0-9]{0,2}|` + targetTag + `(?:-` + targetTag + `)*)\.(?:png|gif|webp)$`)

const targetTag = `(?:q[0-9]{1,3}-[0-9]{1,3}|psnr[0-9][0-9.e-]*|max[0-9]+[kM]?)`

// maxNameLen is how long a name can be on nearly all file systems, in bytes.
const maxNameLen = 255

// name returns the name of a file's result. That of a file whose name is as long as
// names can be is cut to leave room for what is put behind it.
func (n naming) name(file string) string {
	behind := "." + n.tag + "." + n.format
	stem := words.Stem(file)
	if most := maxNameLen - len(behind); len(stem) > most {
		for most > 0 && !utf8.RuneStart(stem[most]) {
			most--
		}
		stem = stem[:most]
	}
	return stem + behind
}

// beside returns the result's place in the folder of the file.
func (n naming) beside(file string) string {
	return filepath.Join(filepath.Dir(file), n.name(file))
}
