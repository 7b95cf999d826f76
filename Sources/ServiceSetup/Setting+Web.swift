extension Setting {
  /// The dashboard.
  static let web: [Setting] = [
    Setting(
      "web.assets", .text(largestByteCount: 4096), "/usr/share/javascript",
      "the folder of the libraries that the dashboard loads: chart.js/ and codemirror/")
  ]
}
