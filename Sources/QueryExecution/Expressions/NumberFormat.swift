import ColumnStore

/// A pattern of `to_char` for numbers, taken apart once.
struct NumberFormat: Sendable {
  enum Sign: Sendable { case none, leading, trailing, trailingMinus, brackets }

  private enum Piece: Sendable {
    case digit(isZero: Bool)
    case separator
    case point
    case literal([UInt8])
  }

  private var pieces: [Piece] = []
  private var sign = Sign.none
  private var isFilled = true
  private(set) var decimals = 0
  private var wholeDigits = 0

  /// `nil` where the pattern holds something else: its first byte that is not understood.
  static func parse(_ pattern: String) -> (format: NumberFormat?, unknown: String?) {
    var format = NumberFormat()
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    var hasPoint = false
    while index < scalars.count {
      let upper = String(scalars[index]).uppercased()
      let two = index + 1 < scalars.count ? upper + String(scalars[index + 1]).uppercased() : upper
      switch (upper, two) {
      case (_, "FM"):
        format.isFilled = false
        index += 1
      case (_, "MI") where format.sign == .none:
        format.sign = .trailingMinus
        index += 1
      case (_, "PR") where format.sign == .none:
        format.sign = .brackets
        index += 1
      case ("S", _) where format.sign == .none:
        format.sign = format.wholeDigits == 0 ? .leading : .trailing
      case ("9", _), ("0", _):
        format.pieces.append(.digit(isZero: upper == "0"))
        if hasPoint { format.decimals += 1 } else { format.wholeDigits += 1 }
      case (",", _), ("G", _): format.pieces.append(.separator)
      case (".", _) where !hasPoint, ("D", _) where !hasPoint:
        hasPoint = true
        format.pieces.append(.point)
      case ("\"", _):
        var text: [UInt8] = []
        index += 1
        while index < scalars.count, scalars[index] != "\"" {
          text += Array(String(scalars[index]).utf8)
          index += 1
        }
        format.pieces.append(.literal(text))
      case (" ", _), ("-", _), ("%", _), ("$", _), ("\u{20AC}", _), ("/", _), (":", _), ("(", _),
        (")", _), ("+", _):
        format.pieces.append(.literal(Array(String(scalars[index]).utf8)))
      default: return (nil, String(scalars[index]))
      }
      index += 1
    }
    return (format, nil)
  }

  /// Digits before and after the point, of the magnitude rounded to the pattern's decimals; `nil`
  /// of what has no digits.
  private func digits(_ value: Double) -> (whole: [UInt8], fraction: [UInt8])? {
    let magnitude = abs(value)
    guard magnitude.isFinite else { return nil }
    var scale = 1.0
    for _ in 0..<min(decimals, 15) { scale *= 10 }
    let scaled = (magnitude * scale).rounded(.toNearestOrAwayFromZero)
    // Past 2^53 a double has no fraction, and past 1e30 more digits than any pattern.
    guard scaled < 1e30, let number = Int128(exactly: scaled) else { return nil }
    let divisor = Int128(scale)
    var fraction = Array(String(number % divisor + divisor).utf8.dropFirst())
    fraction += Array(repeating: 0x30, count: max(decimals - 15, 0))
    return (Array(String(number / divisor).utf8), Array(fraction.prefix(decimals)))
  }

  func write(_ value: Double, to builder: inout TextBuilder) {
    guard let (whole, fraction) = digits(value), whole.count <= max(wholeDigits, 1),
      wholeDigits > 0 || whole == [0x30]
    else { return write(nil, [], isNegative: value < 0, to: &builder) }
    let isZero = (whole + fraction).allSatisfy { $0 == 0x30 }
    write(whole, fraction, isNegative: value < 0 && !isZero, to: &builder)
  }

  /// Digits that do not fit are shown as `#`.
  private func write(
    _ whole: [UInt8]?, _ fraction: [UInt8], isNegative: Bool, to builder: inout TextBuilder
  ) {
    let output = layout(whole, fraction)
    var body = output.bytes
    let first = output.firstDigit
    switch sign {
    case .none:
      if isNegative {
        body.insert(UInt8(ascii: "-"), at: first)
      } else if isFilled {
        body.insert(0x20, at: 0)
      }
    case .leading: body.insert(UInt8(ascii: isNegative ? "-" : "+"), at: first)
    case .trailing: body.append(UInt8(ascii: isNegative ? "-" : "+"))
    case .trailingMinus:
      if isNegative || isFilled { body.append(isNegative ? UInt8(ascii: "-") : 0x20) }
    case .brackets:
      if isNegative {
        body.insert(UInt8(ascii: "<"), at: first)
        body.append(UInt8(ascii: ">"))
      } else if isFilled {
        body.insert(0x20, at: 0)
        body.append(0x20)
      }
    }
    body.withUnsafeBufferPointer { builder.write($0) }
  }

  private func layout(
    _ whole: [UInt8]?, _ fraction: [UInt8]
  ) -> (bytes: [UInt8], firstDigit: Int) {
    var bytes: [UInt8] = []
    var firstDigit: Int?
    // Whole digits from the left; zeros in front are blank until a 0 of the pattern.
    var place = wholeDigits
    var hasDigit = false
    var decimal = 0
    var isPastPoint = false
    // Nines after the point that would only add zeros go with FM.
    let keptDecimals = keptDecimals(fraction)
    for piece in pieces {
      switch piece {
      case .literal(let text): bytes += text
      case .point:
        isPastPoint = true
        if firstDigit == nil { firstDigit = bytes.count }
        bytes.append(UInt8(ascii: "."))
      case .separator:
        if hasDigit { bytes.append(UInt8(ascii: ",")) } else if isFilled { bytes.append(0x20) }
      case .digit where isPastPoint:
        if decimal < keptDecimals {
          bytes.append(whole == nil ? UInt8(ascii: "#") : fraction[decimal])
        }
        decimal += 1
      case .digit(let isZero):
        place -= 1
        let digit: UInt8? =
          if let whole {
            place < whole.count ? whole[whole.count - 1 - place] : nil
          } else {
            UInt8(ascii: "#")
          }
        // A zero in front of the point is shown where no decimals follow it.
        let isBlankZero =
          digit == 0x30 && !hasDigit && whole?.count == 1 && decimals > 0
          && (isFilled || keptDecimals > 0)
        if isZero || hasDigit || (digit != nil && !isBlankZero) {
          if firstDigit == nil { firstDigit = bytes.count }
          hasDigit = true
          bytes.append(digit ?? 0x30)
        } else if isFilled {
          bytes.append(0x20)
        }
      }
    }
    return (bytes, firstDigit ?? bytes.count)
  }

  private func keptDecimals(_ fraction: [UInt8]) -> Int {
    if isFilled || fraction.isEmpty { return decimals }
    var places: [Bool] = []
    var isPastPoint = false
    for piece in pieces {
      if case .point = piece { isPastPoint = true }
      if isPastPoint, case .digit(let isZero) = piece { places.append(isZero) }
    }
    var kept = decimals
    while kept > 0, !places[kept - 1], fraction[kept - 1] == 0x30 { kept -= 1 }
    return kept
  }
}
