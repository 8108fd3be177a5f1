package exit

import (
	"os"
	"testing"
)

func TestA(*testing.T) {}

func TestMain(m *testing.M) {
	m.Run()
	println("loud")
	os.Exit(3)
}
