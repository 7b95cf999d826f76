import Analytics

/// One figure in words: its value and how it changed.
enum FigureText {
  struct Piece {
    let text: String
    let style: TextStyle?

    init(_ text: String, _ style: TextStyle?) {
      self.text = text
      self.style = style
    }
  }

  static func value(_ figure: MetricFigure) -> String {
    guard let value = figure.value else { return "no data" }
    return switch figure.metric.unit {
    case .people, .count, .tokens: Readable.fixed(value, places: 0)
    case .ratio: Readable.fixed(value * 100, places: 1) + " %"
    case .milliseconds: Readable.milliseconds(value)
    case .hours:
      value.magnitude < 1
        ? Readable.fixed(value * 60, places: 1) + " min" : Readable.fixed(value, places: 1) + " h"
    case .gigabytes: Readable.fixed(value, places: 1) + " GB"
    case .gigabytesPerDay: Readable.fixed(value, places: 2) + " GB/day"
    case .dollars: "$" + Readable.fixed(value, places: 2)
    case .stars, .mean: Readable.fixed(value, places: 2)
    }
  }

  /// Shares change by points of per cent, everything else by per cent.
  static func change(_ figure: MetricFigure, _ style: OverviewStyle) -> Piece {
    guard let value = figure.value, let previous = figure.previous?.value else {
      return Piece(style.dash, .dim)
    }
    let isRatio = figure.metric.unit == .ratio
    guard isRatio || previous != 0 else { return Piece(style.dash, .dim) }
    let change = (isRatio ? value - previous : (value - previous) / previous) * 100
    let text = Readable.fixed(change.magnitude, places: 1) + (isRatio ? " pt" : " %")
    // What is shown as 0.0 has not changed, as far as a reader can see.
    guard text != Readable.fixed(0, places: 1) + (isRatio ? " pt" : " %") else {
      return Piece("unchanged", .dim)
    }
    let isUp = change > 0
    let sign = isUp ? style.up : style.down
    let color: TextStyle? =
      switch figure.metric.better {
      case .up: isUp ? .green : .red
      case .down: isUp ? .red : .green
      case .none: nil
      }
    return Piece("\(sign) \(text)", color)
  }
}
