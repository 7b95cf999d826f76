/// The signs that an overview is drawn with.
struct OverviewStyle {
  let isASCII: Bool
  let hasColor: Bool

  static let width = 80

  var up: String { isASCII ? "+" : "▲" }
  var down: String { isASCII ? "-" : "▼" }
  /// Where there is nothing to compare with.
  var dash: String { isASCII ? "n/a" : "–" }
  var rule: String { isASCII ? "-" : "─" }

  /// A bar to the right, to eighths of a character.
  func bar(_ share: Double, width: Int) -> String {
    let eighths = Int((min(max(share, 0), 1) * Double(width) * 8).rounded())
    if isASCII { return String(repeating: "#", count: (eighths + 4) / 8) }
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + partial
  }

  /// A piece of an upright bar, `level` eighths high.
  func piece(_ level: Int) -> String {
    if isASCII { return level >= 4 ? "#" : " " }
    return [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][min(max(level, 0), 8)]
  }
}
