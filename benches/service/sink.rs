//! A mail server that takes everything and notes when it said so.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// What was taken: the text of each message and when the server said 250.
pub(super) type Taken = Arc<Mutex<Vec<(String, Instant)>>>;

/// Listens until the process ends.
pub(super) fn listen() -> std::io::Result<(SocketAddr, Taken)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let (address, taken) = (listener.local_addr()?, Taken::default());
    let log = Arc::clone(&taken);
    std::thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let log = Arc::clone(&log);
            std::thread::spawn(move || talk(connection, &log));
        }
    });
    Ok((address, taken))
}

fn talk(mut connection: TcpStream, taken: &Taken) -> std::io::Result<()> {
    let mut lines = BufReader::new(connection.try_clone()?).lines();
    connection.write_all(b"220 sink\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match command.as_str() {
            "DATA" => {
                connection.write_all(b"354 go on\r\n")?;
                let mut message = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    message.push_str(&line);
                    message.push('\n');
                }
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.push((message, Instant::now()));
                b"250 taken\r\n"
            }
            "QUIT" => return connection.write_all(b"221 bye\r\n"),
            _ => b"250 yes\r\n",
        };
        connection.write_all(answer)?;
    }
    Ok(())
}
