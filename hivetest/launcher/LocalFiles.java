import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.Principal;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system without its processes: where its native library is missing, Hadoop starts a chmod for each
 * file and folder that it makes and an "ls -ld" for each whose permission it reads, seven for one "select 1".
 */
public final class LocalFiles extends LocalFileSystem {
  public LocalFiles() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path p, FsPermission permission) throws IOException {
      Files.setAttribute(pathToFile(p).toPath(), "unix:mode", (int) permission.toShort());
    }

    /**
     * As HDFS has it, and one at a time: Hive tries names for a file until one is free, and would lose the file that has the
     * name.
     */
    @Override
    public boolean rename(Path src, Path dst) throws IOException {
      synchronized (Raw.class) {
        return !pathToFile(dst).isFile() && super.rename(src, dst);
      }
    }

    @Override
    public FileStatus getFileStatus(Path p) throws IOException {
      FileStatus s = super.getFileStatus(p);
      Map<String, Object> unix;
      try {
        unix = Files.readAttributes(pathToFile(p).toPath(), "unix:mode,owner,group");
      } catch (NoSuchFileException e) {
        throw new FileNotFoundException("File " + p + " does not exist"); // any more; the type that Hadoop expects
      }
      return new FileStatus(s.getLen(), s.isDirectory(), s.getReplication(), s.getBlockSize(), s.getModificationTime(),
          s.getAccessTime(), new FsPermission((short) ((int) unix.get("mode") & 01777)),
          ((Principal) unix.get("owner")).getName(), ((Principal) unix.get("group")).getName(), s.getPath());
    }
  }
}
