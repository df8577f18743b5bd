// Package squeeze writes palette indices in fewer bytes than common compressors do: as
// deflate streams and as the pixels of a lossless WebP.
//
// Both consist of literals and of references to what came before, coded by how often
// each occurs. Of all ways to say the same it takes the one that costs fewest bits at the
// costs which the last way led to, and repeats that (the idea of zopfli, Alakuijala and
// Vandevenne 2013).
package squeeze
