package outputs

import "testing"

func TestRead(t *testing.T) {
	printed, err := Read(".")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := printed[NameOf(says)], "  two words\n\nand more\n"; got != want || Trim("  two words \n\n\nand more\n\n") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if text, ok := printed["TestRead"]; ok {
		t.Errorf("a function that says nothing has the output %q", text)
	}
}

// says is read by TestRead.
func says() {
	// Output:
	//   two words
	//
	// and more
}
