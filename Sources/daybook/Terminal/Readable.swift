/// Numbers for people.
package enum Readable {
  /// `1,234,567`
  package static func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }

  /// `1 row`, `2 rows`
  package static func count(_ number: Int, _ noun: String) -> String {
    grouped(Int64(number)) + " " + noun + (number == 1 ? "" : "s")
  }

  /// A decimal number with exactly so many places, rounded half away from zero.
  package static func fixed(_ number: Double, places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (number.magnitude * scale).rounded()
    guard let units = Int64(exactly: scaled) else { return String(number) }
    let whole = grouped(units / Int64(scale))
    var fraction = String(units % Int64(scale))
    fraction = String(repeating: "0", count: max(0, places - fraction.count)) + fraction
    return (number < 0 && units != 0 ? "-" : "") + (places == 0 ? whole : "\(whole).\(fraction)")
  }

  /// `950`, `12.3 k`, `4.56 M`
  package static func short(_ number: Double) -> String {
    scaled(number, [("", 1), (" k", 1e3), (" M", 1e6), (" G", 1e9), (" T", 1e12)])
  }

  /// `1.23 MB`, in powers of 1,000.
  package static func bytes(_ count: Int) -> String {
    scaled(Double(count), [(" B", 1), (" kB", 1e3), (" MB", 1e6), (" GB", 1e9), (" TB", 1e12)])
  }

  /// `0.52 ms`, `12.3 ms`, `4.56 s`, `3 min 20 s`
  package static func duration(_ duration: Duration) -> String {
    milliseconds(duration / .milliseconds(1))
  }

  package static func milliseconds(_ milliseconds: Double) -> String {
    if milliseconds < 1_000 { return significant(milliseconds) + " ms" }
    if milliseconds < 100_000 { return significant(milliseconds / 1_000) + " s" }
    let seconds = Int64((milliseconds / 1_000).rounded())
    return "\(grouped(seconds / 60)) min \(seconds % 60) s"
  }

  private static func scaled(_ number: Double, _ units: [(name: String, size: Double)]) -> String {
    let unit = units.last { number.magnitude >= $0.size } ?? units[0]
    return (unit.size == 1 ? fixed(number, places: 0) : significant(number / unit.size)) + unit.name
  }

  /// Three digits that count.
  private static func significant(_ number: Double) -> String {
    let magnitude = number.magnitude
    return fixed(number, places: magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0)
  }
}
