// An indexed PNG by sharp: sharp.js IN OUT COLORS. It needs `npm install sharp`.
const sharp = require('sharp');
const [source, target, colors] = process.argv.slice(2);
sharp(source, { limitInputPixels: false })
  .png({ palette: true, colours: Number(colors), dither: 0, effort: 7 })
  .toFile(target)
  .catch((error) => { console.error(error.message); process.exit(1); });
