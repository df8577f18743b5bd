package kmeans

// goldens are the SHA-256 sums of the centroids that TestGolden finds, four
// 16-bit numbers a centroid, low bytes first. If results were meant to change,
// run go test ./kmeans -run Golden -update, which writes this file.
var goldens = map[string]string{
	"groups best k=20":           "7cf0e7c5369113fc0085820663d0ec91c3a917226a63080b5342404e827f8d69",
	"groups best k=6":            "4fc005b36062c8ec42da87f3d9e157eb438c50eb40097dcf3477b6285bff2bac",
	"groups default k=20":        "3038c888e6113d6be3bd8c30ebe845b5d1f30679a2e87c80677faec435335647",
	"groups default k=6":         "4fc005b36062c8ec42da87f3d9e157eb438c50eb40097dcf3477b6285bff2bac",
	"groups fast k=20":           "3038c888e6113d6be3bd8c30ebe845b5d1f30679a2e87c80677faec435335647",
	"groups fast k=6":            "4fc005b36062c8ec42da87f3d9e157eb438c50eb40097dcf3477b6285bff2bac",
	"groups plusplus lloyd k=20": "7cf0e7c5369113fc0085820663d0ec91c3a917226a63080b5342404e827f8d69",
	"photo best k=20":            "14f5ef9db7f83780f976874a42cf9c3b5bdbefd4dcf921833a946606b682853a",
	"photo best k=6":             "7144da12b5ac046ba280062a594e81398c494dc046eb4296f9ee68e100711024",
	"photo default k=20":         "e75c32f631e54faf18a8b69f0d318a1511b4a4e3e05eed90d8e5d43efe473aee",
	"photo default k=6":          "9bf26099a5549538f1880574cdd2f0a2a2f0bc521fa68d1c284af1e9df6d929e",
	"photo fast k=20":            "3eb8d76327a8e4bf16fcc5cbe79a2dabdc09c71ae55bfdfe95167ec8bd3e14a9",
	"photo fast k=6":             "4d2d052db34ade279bbf62ad5a2a1a7b2daff0015a39205ebb089c78d947e6fb",
	"photo plusplus lloyd k=20":  "f55bb93ccb37795b5cc93d84b3305656c5e42888d20afbf7961a618c6a187c51",
}
