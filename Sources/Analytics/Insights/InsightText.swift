/// Numbers of an insight in words, and its sentences.
struct InsightText {
  var unit: MetricDefinition.Unit
  var value: Double
  var previous: Double?
  var condition: InsightRule.Condition
  var day: Day?
  /// The day is not over: it has cost this much so far.
  var isRunning = false

  func filled(_ template: String) -> String {
    let (value, previous) = shownValues
    return template.replacing("{value}", with: value).replacing("{previous}", with: previous)
      .replacing("{change}", with: change)
      .replacing("{cost}", with: isRunning ? "has already cost" : "cost")
      .replacing("{day}", with: day?.words ?? "")
  }

  /// Both in the same places; with one more where they would look the same.
  private var shownValues: (String, String) {
    func shown(_ places: Int) -> (String, String) {
      (
        Self.text(value, unit, places: places),
        previous.map { Self.text($0, unit, places: places) } ?? "nothing"
      )
    }
    let short = shown(0)
    return short.0 == short.1 && value != previous ? shown(2) : short
  }

  /// Without its sign: the sentence says the direction.
  private var change: String {
    let delta = MetricDelta(value, previous)
    switch condition {
    case .risesPoints, .fallsPoints:
      return delta.absolute.map {
        Self.fixed($0.magnitude * (unit == .ratio ? 100 : 1), places: 1) + " points"
      } ?? ""
    case .risesPercent, .fallsPercent, .exceeds, .oddDay:
      return delta.percent.map { percent in
        percent > Self.largestPercent
          ? "more than 10 times" : Self.fixed(percent.magnitude, places: 1) + "%"
      } ?? ""
    }
  }

  /// Percentages of next to nothing say nothing: past ten times the earlier value they are not spelt out.
  private static let largestPercent: Double = 900

  /// A value in its unit, as the pages write it: `85.7%`, `$12.50`, `1.2 s`. `places`: more than the unit has by itself.
  static func text(_ value: Double, _ unit: MetricDefinition.Unit, places: Int = 0) -> String {
    switch unit {
    case .people, .count, .tokens: fixed(value, places: 0)
    case .ratio: fixed(value * 100, places: max(1, places)) + "%"
    case .milliseconds:
      value.magnitude < 1000
        ? fixed(value, places: places) + " ms" : fixed(value / 1000, places: max(1, places)) + " s"
    case .hours:
      value.magnitude < 1
        ? fixed(value * 60, places: max(1, places)) + " minutes"
        : fixed(value, places: max(1, places)) + " hours"
    case .gigabytes: fixed(value, places: max(1, places)) + " GB"
    case .gigabytesPerDay: fixed(value, places: 2) + " GB/day"
    case .dollars:
      (value < 0 ? "-$" : "$") + fixed(value.magnitude, places: 2, isTrimmed: false)
    case .stars, .mean: fixed(value, places: 2)
    }
  }

  /// A decimal number with commas between thousands, and without zeros at its end unless it is to have
  /// them.
  static func fixed(_ value: Double, places: Int, isTrimmed: Bool = true) -> String {
    var scale: Int64 = 1
    for _ in 0..<places { scale *= 10 }
    guard let scaled = Int64(exactly: (value * Double(scale)).rounded()) else { return "\(value)" }
    let digits = String(scaled.magnitude / scale.magnitude)
    var whole = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { whole += "," }
      whole.append(digit)
    }
    var fraction = String(scaled.magnitude % scale.magnitude)
    fraction = String(repeating: "0", count: max(0, places - fraction.count)) + fraction
    if isTrimmed { while fraction.last == "0" { fraction.removeLast() } }
    let sign = scaled < 0 ? "-" : ""
    return sign + whole + (places == 0 || fraction.isEmpty ? "" : "." + fraction)
  }
}
