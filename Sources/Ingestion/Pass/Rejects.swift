internal import Glibc

/// A bad row that was set aside.
struct RejectedRow {
  var file: String
  var line: Int
  var column: String?
  var reason: String
  var raw: [UInt8]
}

/// Writes the rows set aside, one JSON object each: file, line, column, reason, raw. Bytes of `raw` that
/// are not UTF-8 become U+FFFD.
func writeRejects(_ rows: [RejectedRow], to path: String) throws(LoadError) {
  var text: [UInt8] = []
  for row in rows {
    text += Array("{\"file\":".utf8)
    appendJSON(row.file, to: &text)
    text += Array(",\"line\":\(row.line),\"column\":".utf8)
    if let column = row.column {
      appendJSON(column, to: &text)
    } else {
      text += Array("null".utf8)
    }
    text += Array(",\"reason\":".utf8)
    appendJSON(row.reason, to: &text)
    text += Array(",\"raw\":".utf8)
    appendJSON(String(decoding: row.raw, as: UTF8.self), to: &text)
    text += Array("}\n".utf8)
  }
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw systemError("cannot write the rejects", file: path, problem: .unwritableRejects)
  }
  defer { close(descriptor) }
  var written = 0
  while written < text.count {
    let count = text.withUnsafeBytes { bytes in
      write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
    }
    guard count > 0 else {
      throw systemError("cannot write the rejects", file: path, problem: .unwritableRejects)
    }
    written += count
  }
}

private func appendJSON(_ string: String, to text: inout [UInt8]) {
  let hexadecimal = Array("0123456789abcdef".utf8)
  text.append(0x22)
  for byte in string.utf8 {
    switch byte {
    case 0x22, 0x5C: text += [0x5C, byte]
    case 0x0A: text += Array("\\n".utf8)
    case 0x0D: text += Array("\\r".utf8)
    case 0x09: text += Array("\\t".utf8)
    case ..<0x20:
      text += Array("\\u00".utf8) + [hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
    default: text.append(byte)
    }
  }
  text.append(0x22)
}
