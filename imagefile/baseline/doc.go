// Package baseline decodes sequential JPEGs, baseline and extended ones of 8 bits, by
// bands of rows and on two processors. Its pixels are those of [image/jpeg] to the last
// bit; whatever is less usual it leaves to that package.
//
// JPEG is defined in ITU-T T.81.
package baseline
