internal import CSimdJSON

/// Whole numbers of at most 64 bits: an optional sign and digits. `isStrict` refuses what is more
/// likely a name than a number: 007 and +49.
@inline(__always)
func parseInteger(_ text: UnsafePointer<UInt8>, _ count: Int, isStrict: Bool) -> Int64? {
  var position = 0
  var isNegative = false
  if count > 0 && (text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+")) {
    isNegative = text[0] == UInt8(ascii: "-")
    if isStrict && !isNegative { return nil }
    position = 1
  }
  let digits = count &- position
  guard digits > 0 else { return nil }
  if isStrict && digits > 1 && text[position] == UInt8(ascii: "0") { return nil }
  var magnitude: UInt64 = 0
  let safeEnd = position &+ min(digits, 18)
  while position < safeEnd {
    let digit = text[position] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    magnitude = magnitude &* 10 &+ UInt64(digit)
    position &+= 1
  }
  while position < count {
    let digit = text[position] &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    let (product, overflows) = magnitude.multipliedReportingOverflow(by: 10)
    let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
    guard !overflows && !carries && sum <= 1 << 63 else { return nil }
    magnitude = sum
    position &+= 1
  }
  if isNegative { return Int64(truncatingIfNeeded: 0 &- magnitude) }
  return magnitude < 1 << 63 ? Int64(truncatingIfNeeded: magnitude) : nil
}

/// A decimal number, correctly rounded; also NaN and Infinity.
///
/// The fast path is Clinger's: a mantissa of at most 53 bits and a power of ten of at most 22 are
/// both exact doubles, so that one division or product rounds once.
@inline(__always)
func parseDouble(_ text: UnsafePointer<UInt8>, _ count: Int, isStrict: Bool) -> Double? {
  var position = 0
  var isNegative = false
  if count > 0 && text[0] == UInt8(ascii: "-") {
    isNegative = true
    position = 1
  }
  var mantissa: UInt64 = 0
  let start = position
  while position < count {
    let digit = text[position] &- UInt8(ascii: "0")
    guard digit < 10 else { break }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    position &+= 1
  }
  var digits = position &- start
  if isStrict && digits > 1 && text[start] == UInt8(ascii: "0") { return nil }
  var fraction = 0
  if position < count && text[position] == UInt8(ascii: ".") {
    position &+= 1
    let pointEnd = position
    while position < count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      position &+= 1
    }
    fraction = position &- pointEnd
    digits &+= fraction
  }
  guard position == count, digits > 0, digits <= 18, mantissa <= 1 << 53, fraction <= 22 else {
    return parseUncommonDouble(text, count, isStrict: isStrict)
  }
  let magnitude = Double(mantissa) / powersOfTen[fraction]
  return isNegative ? -magnitude : magnitude
}

/// Many digits, an exponent, a word: rare enough for a call.
@inline(never)
private func parseUncommonDouble(
  _ text: UnsafePointer<UInt8>, _ count: Int, isStrict: Bool
) -> Double? {
  guard count > 0 else { return nil }
  if isStrict && text[0] == UInt8(ascii: "+") { return nil }
  let sign = text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") ? 1 : 0
  guard count > sign else { return nil }
  let first = text[sign]
  if first | 0x20 == UInt8(ascii: "n") || first | 0x20 == UInt8(ascii: "i") {
    let word = UnsafeBufferPointer(start: text + sign, count: count - sign)
    let isNegative = text[0] == UInt8(ascii: "-")
    if hasWord(word, "inf") || hasWord(word, "infinity") {
      return isNegative ? -.infinity : .infinity
    }
    return hasWord(word, "nan") ? .nan : nil
  }
  var value = 0.0
  let status = daybook_parse_double(text, count, &value)
  return status == DAYBOOK_NUMBER_VALID ? value : nil
}

/// True, false and their kin.
@inline(__always)
func parseBoolean(_ text: UnsafePointer<UInt8>, _ count: Int, isStrict: Bool) -> UInt8? {
  let bytes = UnsafeBufferPointer(start: text, count: count)
  if count == 4 && hasWord(bytes, "true") { return 1 }
  if count == 5 && hasWord(bytes, "false") { return 0 }
  return isStrict ? nil : parseUncommonBoolean(bytes)
}

@inline(never)
private func parseUncommonBoolean(_ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
  for word: StaticString in ["t", "yes", "y", "on", "1"] where hasWord(text, word) { return 1 }
  for word: StaticString in ["f", "no", "n", "off", "0"] where hasWord(text, word) { return 0 }
  return nil
}

/// Whether the text is the word, in whatever case; `word` is lower case.
@inline(__always)
func hasWord(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
  guard text.count == word.utf8CodeUnitCount else { return false }
  for index in 0..<text.count {
    let byte = text[index]
    let isUpper = byte &- UInt8(ascii: "A") < 26
    guard (isUpper ? byte | 0x20 : byte) == word.utf8Start[index] else { return false }
  }
  return true
}

/// 10 to the power of 0 to 22, all of them exact. Leaked on purpose: it lives as long as the process.
private nonisolated(unsafe) let powersOfTen: UnsafePointer<Double> = {
  let powers = UnsafeMutablePointer<Double>.allocate(capacity: 23)
  var power = 1.0
  for exponent in 0...22 {
    powers[exponent] = power
    power *= 10
  }
  return UnsafePointer(powers)
}()
