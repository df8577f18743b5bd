package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"unicode/utf8"

	"kompress/cmd/kompress/words"
)

// A naming says how results are called: NAME.TAG.FORMAT.
type naming struct{ tag, format string }

// colorsTag is the tag of a result of so many colors at most.
func colorsTag(colors int) string { return fmt.Sprintf("k%d", colors) }

// resultName is what results are called unless --output says otherwise.
var resultName = regexp.MustCompile(`^(.+)\.k[1-9][0-9]{0,2}\.(png|gif|webp)$`)

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
