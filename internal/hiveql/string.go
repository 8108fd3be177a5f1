package hiveql

import "unicode/utf8"

// AppendString appends s as a HiveQL string literal to dst. Beside quote and
// backslash it escapes every dollar, because the server replaces ${env:PATH} and
// its like in the raw text, literals included (SystemVariables), and all control
// characters. On an error, a *[LiteralError], dst comes back as it was:
//
//   - NUL is refused. Hive has an escape for it, but its optimizer writes the
//     escape anew as \0 and so corrupts a NUL that digits follow (ASTBuilder).
//   - Invalid UTF-8 is refused. HiveServer2 would replace it; []byte keeps it.
func AppendString(dst []byte, s string) ([]byte, error) {
	out := append(dst, '\'')
	plain := 0 // start of what needs no escape
	for i := 0; i < len(s); {
		if b := s[i]; b < utf8.RuneSelf && !needsEscape(rune(b)) {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == 0:
			return dst, refuse(s, "Hive corrupts a NUL character in a string; pass []byte")
		case c == utf8.RuneError && size == 1:
			return dst, refuse(s, "it is not valid UTF-8; pass []byte")
		case needsEscape(c):
			out = append(out, s[plain:i]...)
			out = appendEscape(out, c)
			plain = i + size
		}
		i += size
	}
	out = append(out, s[plain:]...)
	return append(out, '\''), nil
}

// needsEscape tells what cannot stand for itself in a literal: besides ASCII's,
// the controls of Latin-1, Unicode's two line ends, and the two characters that
// XML lacks: Hive 2 writes the statement's text into a job's job.xml.
func needsEscape(c rune) bool {
	switch {
	case c < 0x20, c >= 0x7f && c <= 0x9f, c == '\u2028', c == '\u2029', c == '\ufffe', c == '\uffff':
		return true
	}
	return c == '\'' || c == '\\' || c == '$'
}

func appendEscape(dst []byte, c rune) []byte {
	if c == '\'' || c == '\\' {
		return append(dst, '\\', byte(c))
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[c>>12&15], hex[c>>8&15], hex[c>>4&15], hex[c&15])
}
