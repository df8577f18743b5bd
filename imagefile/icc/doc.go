// Package icc converts colors from the space that an ICC profile describes to
// sRGB.
//
// LittleCMS does it, opened at run time. Where that library is missing, profiles
// that consist of a matrix and tone curves, and gray ones, are converted by the
// package itself, in LittleCMS's arithmetic and to the same numbers; those with
// tables are not converted. Where it is there, the package's own arithmetic, which is
// faster, does what it is seen to do alike.
//
// The intent is the perceptual one, which is what LittleCMS's own programs,
// ImageMagick and Pillow take where none is asked for. The intent in a profile's
// header is not looked at.
//
// Profiles come from image files and are not trusted. What LittleCMS reads of one for
// this intent is checked before it sees it: the header, the list of tags, the tables
// A2B0 and A2B1, the matrix and the curves. It does not look at other tags, which are
// not checked.
package icc
