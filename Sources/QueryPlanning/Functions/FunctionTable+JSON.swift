import ColumnStore

/// Functions of documents; `->` and its kin are operators.
let jsonFunctions: [FunctionDefinition] = [
  FunctionDefinition(
    "json_extract_path jsonb_extract_path", [.type(.json), .type(.text)], .type(.json), .jsonPath,
    "The member at the keys and places, one inside of the other; #> with an array is the same.",
    isVariadic: true),
  FunctionDefinition(
    "json_extract_path_text jsonb_extract_path_text", [.type(.json), .type(.text)], .type(.text),
    .jsonPathText, "The same as text; #>> with an array is the same.", isVariadic: true),
  FunctionDefinition(
    "json_array_length jsonb_array_length", [.type(.json)], .type(.integer), .jsonLength,
    "Number of elements of an array."),
  FunctionDefinition(
    "json_typeof jsonb_typeof", [.type(.json)], .type(.text), .jsonType,
    "object, array, string, number, boolean or null."),
]
