/// Text made safe to show: what would move the cursor, change colours or turn the direction of
/// reading is written as an escape (`\n`, `\t`, `\x1b`, `\u202e`).
package enum EscapedText {
  package static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) {
      bytes.append(contentsOf: text)
    } else {
      bytes.append(contentsOf: escape(String(decoding: text, as: UTF8.self)).utf8)
    }
  }

  package static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0a: escaped += "\\n"
      case 0x0d: escaped += "\\r"
      case 0x09: escaped += "\\t"
      case 0..<0x20, 0x7f..<0xa0: escaped += "\\x" + hexadecimal(scalar.value, width: 2)
      case 0x2028...0x202e, 0x2066...0x2069: escaped += "\\u" + hexadecimal(scalar.value, width: 4)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
