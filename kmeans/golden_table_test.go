package kmeans

// goldens are the SHA-256 sums of the centroids that TestGolden finds, four
// 16-bit numbers a centroid, low bytes first. If results were meant to change,
// run go test ./kmeans -run Golden -update, which writes this file.
var goldens = map[string]string{
	"groups best k=40":           "ecb135f45b7f856722580c0e488ee7802f5055b1a2c98d6b0c5ea4adc6d68b37",
	"groups best k=8":            "8d937f5c9cb2303058f6285f06d976ebfc9e29dfffab2bf201eb761338e39c80",
	"groups default k=40":        "ecb135f45b7f856722580c0e488ee7802f5055b1a2c98d6b0c5ea4adc6d68b37",
	"groups default k=8":         "8d937f5c9cb2303058f6285f06d976ebfc9e29dfffab2bf201eb761338e39c80",
	"groups fast k=40":           "ecb135f45b7f856722580c0e488ee7802f5055b1a2c98d6b0c5ea4adc6d68b37",
	"groups fast k=8":            "8d937f5c9cb2303058f6285f06d976ebfc9e29dfffab2bf201eb761338e39c80",
	"groups plusplus lloyd k=20": "76b22d1b9cae94964bfb18f7a02f8f7da5aa940258960ea9b28758746ac3c7fc",
	"photo best k=40":            "0a78eb24b32377fc29bbff5b4daf16c95fde56b4e5e6d9a5e000618ca9ecd994",
	"photo best k=8":             "baa28380d92ab43f497509c55dfee09e94dce7c6da8e1eb07ba6ee9dc3d1e1a5",
	"photo default k=40":         "37339ff3aefe5663f623ee8655049dd6e7cc3ce7ae485584a63a2577a1ec8972",
	"photo default k=8":          "c67cd47a5a543e1ec0836fdeef1e03e8045952cc6beb2861c9b7bc7263e7e650",
	"photo fast k=40":            "31ad3bd669c09c96214205a6f4525a7194236d2a98d6465a1c9129c3b412034a",
	"photo fast k=8":             "18fd401f28738b633e73350477035b1ae858317f879d23163c8212c60847e93e",
	"photo plusplus lloyd k=20":  "67dc3670d5074cbb64fdf2b2f8f4cff6e694e9e18869ad031fdfa23529fc6272",
}
