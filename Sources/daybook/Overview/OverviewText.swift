import Analytics
import ResultFormats

/// An overview for a terminal of 80 columns: figures, trend, top lists.
struct OverviewText {
  let overview: Overview
  let style: OverviewStyle

  var text: String {
    let rows = stride(from: 0, to: overview.figures.count, by: 4).map {
      figures(Array(overview.figures[$0..<min($0 + 4, overview.figures.count)]))
    }
    let blocks = [
      header, rows.joined(), section(trendTitle), trend, section("Top error codes"),
      list(overview.topErrors, nothing: "no errors"), section("Top models"),
      list(overview.topModels, nothing: "no models"), footer,
    ]
    return "\n" + blocks.joined()
  }

  private var header: String {
    let day = overview.anchor
    let left = "Overview"
    let right =
      "\(Readable.count(overview.days, "day")) to \(day.weekday) \(day)"
      + "\(overview.range.isRunning ? ", running" : ""), \(overview.timeZone)"
    let gap = max(1, OverviewStyle.width - 4 - left.count - right.count)
    let rule = String(repeating: style.rule, count: OverviewStyle.width - 4)
    return "  " + left.styled(.bold, if: style.hasColor) + String(repeating: " ", count: gap)
      + right + "\n  " + rule.styled(.dim, if: style.hasColor) + "\n\n"
  }

  private func section(_ title: String) -> String {
    "  " + title.styled(.bold, if: style.hasColor) + "\n"
  }

  // MARK: Figures

  /// Title, value and change of each figure, side by side.
  private func figures(_ figures: [MetricFigure]) -> String {
    let titles = figures.map { FigureText.Piece($0.metric.title, .dim) }
    let values = figures.map { FigureText.Piece(FigureText.value($0), .bold) }
    let changes = figures.map { FigureText.change($0, style) }
    return [titles, values, changes].map(line).joined() + "\n"
  }

  private func line(_ pieces: [FigureText.Piece]) -> String {
    var line = ""
    for piece in pieces {
      let padding = String(repeating: " ", count: max(1, 19 - piece.text.count))
      line +=
        (piece.style.map { piece.text.styled($0, if: style.hasColor) } ?? piece.text) + padding
    }
    return "  " + line.trimmingEnd() + "\n"
  }

  // MARK: Trend

  private static let height = 5

  private static let room = 66

  private var trendTitle: String {
    let daysPerBar = TrendBars(overview.trend, room: Self.room).daysPerBar
    return "Active users per day" + (daysPerBar > 1 ? ", averages of \(daysPerBar) days" : "")
  }

  private var trend: String {
    let bars = TrendBars(overview.trend, room: Self.room)
    let highest = bars.values.max() ?? 0
    guard highest > 0 else { return "  no active users\n\n" }
    let label = Readable.grouped(Int64(highest.rounded()))
    let labelWidth = max(label.count, 1)
    var text = ""
    for row in (0..<Self.height).reversed() {
      let head = row == Self.height - 1 ? label : row == 0 ? "0" : ""
      let levels = bars.values.map {
        Int(($0 / highest * Double(Self.height * 8)).rounded(.up)) - row * 8
      }
      let pieces = levels.map { level in
        String(repeating: style.piece(level), count: bars.barWidth)
          + String(repeating: " ", count: bars.gapWidth)
      }
      let body = pieces.joined().trimmingEnd().styled(.blue, if: style.hasColor)
      text +=
        "  " + String(repeating: " ", count: labelWidth - head.count) + head + "  " + body + "\n"
    }
    let first = overview.start.description
    let last = overview.anchor.description
    let width = bars.values.count * (bars.barWidth + bars.gapWidth) - bars.gapWidth
    let dates =
      width >= first.count + last.count + 2
      ? first + String(repeating: " ", count: width - first.count - last.count) + last
      : overview.days == 1 ? first : "\(first) to \(last)"
    return text + "  " + String(repeating: " ", count: labelWidth + 2)
      + dates.styled(.dim, if: style.hasColor) + "\n\n"
  }

  // MARK: Lists

  private func list(_ entries: [BreakdownAnswer.Entry], nothing: String) -> String {
    guard let highest = entries.map(\.count).max(), highest > 0 else { return "  \(nothing)\n\n" }
    let names = entries.map { DisplayWidth.cut(EscapedText.escape($0.name), to: 28) }
    let nameWidth = names.map { DisplayWidth.of($0) }.max() ?? 0
    let counts = entries.map { Readable.grouped($0.count) }
    let countWidth = counts.map(\.count).max() ?? 0
    // Two spaces at the left, three gaps, and `100.0 %`.
    let barWidth = max(8, min(32, OverviewStyle.width - 2 - nameWidth - countWidth - 15))
    var text = ""
    for (index, entry) in entries.enumerated() {
      let bar = style.bar(Double(entry.count) / Double(highest), width: barWidth)
      let share = Readable.fixed(entry.share * 100, places: 1) + " %"
      text += "  " + names[index]
      text += String(repeating: " ", count: nameWidth - DisplayWidth.of(names[index]) + 2)
      text += String(repeating: " ", count: countWidth - counts[index].count) + counts[index]
      text += String(repeating: " ", count: max(0, 9 - share.count)) + share + "  "
      text += bar.styled(.blue, if: style.hasColor) + "\n"
    }
    return text + "\n"
  }

  private var footer: String {
    let lines = [
      "\(Readable.count(Int(overview.eventCount), "event")) "
        + "from \(overview.firstDay) to \(overview.lastDay).",
      overview.range.isRunning
        ? "The last day is not over: changes are against as much of the period before."
        : "Changes are against the period of the same length just before.",
    ]
    return lines.map { "  " + $0.styled(.dim, if: style.hasColor) + "\n" }.joined()
  }
}

/// The bars of a trend: one per day, or one per few days where there are too many for the room.
struct TrendBars {
  let values: [Double]
  let daysPerBar: Int
  let barWidth: Int
  let gapWidth: Int

  init(_ trend: [Overview.DayCount], room: Int) {
    let daysPerBar = max(1, (trend.count + room - 1) / room)
    self.daysPerBar = daysPerBar
    values = stride(from: 0, to: trend.count, by: daysPerBar).map { start in
      let days = trend[start..<min(start + daysPerBar, trend.count)]
      return Double(days.reduce(0) { $0 + $1.users }) / Double(days.count)
    }
    let widest = room / max(1, values.count)
    gapWidth = widest >= 4 ? 1 : 0
    barWidth = min(4, widest - gapWidth)
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
